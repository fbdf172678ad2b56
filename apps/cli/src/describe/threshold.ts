import type { Threshold } from '@earlyexit/exit-criteria';

/** A threshold for people; the final exit has none. */
export function showThreshold(value: Threshold | null | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? value.toPrecision(6) : (value ?? 'never');
}
