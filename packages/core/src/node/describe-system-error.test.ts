import { expect, it } from 'vitest';
import { describeSystemError } from './describe-system-error';

it.each([
  ['ENOSPC', /disk is full: \/data\/x/],
  ['EACCES', /\/data\/x may not be read or written/],
  ['EROFS', /can only be read/],
  ['EISDIR', /\/data\/x is a folder/],
  ['ENOENT', /\/data\/x is not there/],
  ['EBADMSG', /the system refused: the message/],
])('puts %s into words, also as a cause', (code, says) => {
  const error = Object.assign(new Error('the message'), { code, syscall: 'open', path: '/data/x' });
  for (const thrown of [error, new Error('outer', { cause: error })]) {
    expect(describeSystemError(thrown)).toMatch(says);
  }
});

it('leaves other errors to others', () => {
  expect(describeSystemError(new TypeError('x is undefined'))).toBeNull();
});
