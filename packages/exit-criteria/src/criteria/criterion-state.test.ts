import { expect, it } from 'vitest';
import { selectRows } from './criterion-state';

it('takes rows in the order asked for, column by column', () => {
  const state = {
    rows: {
      wide: { data: Float64Array.of(0, 1, 10, 11, 20, 21), width: 2 },
      narrow: { data: Float64Array.of(5, 6, 7), width: 1 },
    },
  };
  const selected = selectRows(state, Int32Array.of(2, 0));
  expect([...selected!.rows['wide']!.data]).toEqual([20, 21, 0, 1]);
  expect([...selected!.rows['narrow']!.data]).toEqual([7, 5]);
  expect(selected!.rows['wide']!.width).toBe(2);
  // A copy: what the caller does with it leaves the original alone.
  selected!.rows['narrow']!.data[0] = 99;
  expect(state.rows.narrow.data[2]).toBe(7);
});

it('leaves the state of a criterion without memory at null', () => {
  expect(selectRows(null, Int32Array.of(0))).toBeNull();
});
