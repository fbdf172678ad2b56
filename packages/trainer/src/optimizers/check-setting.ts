import { ArgumentError } from '@earlyexit/core';

/** Throws an ArgumentError unless `value` is a number within `[low, high)`, or within `[low, high]` if `closed`. */
export function checkSetting(where: string, value: number, low: number, high: number, closed = false): void {
  if (value >= low && (closed ? value <= high : value < high)) return;
  const interval = high === Infinity ? `a number from ${low} up` : `in [${low}, ${high}${closed ? ']' : ')'}`;
  throw new ArgumentError({ where, rule: `must be ${interval}`, received: String(value) });
}
