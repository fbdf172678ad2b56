import { ArgumentError, DataError, EnvironmentError } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { packError, unpackError } from './sent-error';

const cross = (error: unknown): unknown => unpackError(structuredClone(packError(error)));
const parts = { where: 'a.png', rule: 'the image is whole', received: 'half of it', remedy: 'Get it again' };

it.each([ArgumentError, DataError, EnvironmentError])(
  'errors of the toolkit stay what they are: %s',
  (Kind) => {
    const error = new Kind({ ...parts, cause: new RangeError('at 7') });
    const other = cross(error) as DataError;
    expect(other).toBeInstanceOf(Kind);
    expect([other.name, other.message, other.kind, other.stack]).toEqual([
      error.name,
      error.message,
      error.kind,
      error.stack,
    ]);
    expect(other.parts).toEqual(error.parts);
    expect(other.cause).toEqual(new RangeError('at 7'));
  },
);

it('so do those of the language, and whatever else is thrown', () => {
  expect(cross(new TypeError('x is no function'))).toEqual(new TypeError('x is no function'));
  expect(cross('a word')).toBe('a word');
  expect(cross(() => 1)).toEqual(new Error('() => 1'));
  expect((cross(new DataError({ ...parts, cause: () => 1 })) as Error).message).toContain(
    'the image is whole',
  );
});
