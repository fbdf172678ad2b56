import { ArgumentError } from '@earlyexit/core';

/** Refuses rows that a set of `size` samples does not have. */
export function checkRows(where: string, rows: Int32Array, size: number): void {
  for (const row of rows) {
    if (row < 0 || row >= size) {
      throw new ArgumentError({
        where,
        rule: `rows count from 0 to ${size - 1}`,
        received: String(row),
      });
    }
  }
}
