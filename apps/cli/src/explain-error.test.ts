import { ArgumentError, DataError, EnvironmentError } from '@earlyexit/core';
import { describe, expect, it } from 'vitest';
import { explainError } from './explain-error';

const parts = { where: 'here', rule: 'it is so' };

describe('explainError', () => {
  it('tells wrong use from failure', () => {
    expect(explainError(new ArgumentError(parts))).toEqual({ exitCode: 2, message: 'here: it is so.' });
    expect(explainError(new DataError(parts)).exitCode).toBe(1);
    expect(explainError(new EnvironmentError(parts)).exitCode).toBe(1);
    expect(explainError(new DOMException('stopped', 'AbortError'))).toEqual({ exitCode: 130, message: '' });
  });

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
      const { exitCode, message } = explainError(thrown);
      expect(exitCode).toBe(1);
      expect(message).toMatch(says);
    }
  });

  it('owns up to anything else', () => {
    const { exitCode, message } = explainError(new TypeError('x is undefined'));
    expect(exitCode).toBe(1);
    expect(message).toContain('x is undefined');
    expect(message).toContain('fault in earlyexit');
  });
});
