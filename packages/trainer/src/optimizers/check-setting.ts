import { ArgumentError } from '@earlyexit/core';

/**
 * Checks that a setting is a number within `[low, high)`, or within `[low, high]` if `closed`.
 *
 * @param where the function and its argument: `sgd momentum`
 * @throws ArgumentError if it is not
 */
export function checkSetting(where: string, value: number, low: number, high: number, closed = false): void {
  if (value >= low && (closed ? value <= high : value < high)) return;
  const interval = high === Infinity ? `a number from ${low} up` : `in [${low}, ${high}${closed ? ']' : ')'}`;
  const [name = '', argument = ''] = where.split(' ');
  throw new ArgumentError({ function: name, argument, rule: `must be ${interval}`, received: String(value) });
}
