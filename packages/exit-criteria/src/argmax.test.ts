import { expect, it } from 'vitest';
import { argmaxRows } from './argmax';

it('names the largest value of each row, the first among equals, never NaN', () => {
  const values = Float32Array.of(
    1,
    3,
    2,
    /**/ 5,
    5,
    1,
    /**/ NaN,
    2,
    7,
    /**/ NaN,
    NaN,
    NaN,
    /**/ 0,
    -1,
    Infinity,
  );
  expect([...argmaxRows(values, 3)]).toEqual([1, 0, 2, 0, 2]);
  expect([...argmaxRows(Float32Array.of(-Infinity, -Infinity), 2)]).toEqual([0]);
});

it('refuses rows that do not fit', () => {
  expect(() => argmaxRows(new Float32Array(4), 3)).toThrow('Received: 4 values and 3 classes');
});
