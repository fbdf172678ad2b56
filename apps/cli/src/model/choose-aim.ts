import { DEFAULT_AIM, type SearchAim } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';

/** The options that name an aim. */
export interface AimOptions {
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
}

/**
 * The aim that options name; the default aim if none does.
 *
 * @throws ArgumentError for two aims
 */
export function chooseAim({ maxAccuracyDrop, targetMacs }: AimOptions): SearchAim {
  if (maxAccuracyDrop !== undefined && targetMacs !== undefined) {
    throw new ArgumentError({
      where: '--target-macs',
      rule: 'there is one aim',
      received: '--max-accuracy-drop and --target-macs',
      remedy: 'Leave one of them out',
    });
  }
  if (targetMacs !== undefined) return { targetMacs };
  // Percentage points on the command line, a fraction inside.
  return maxAccuracyDrop === undefined ? DEFAULT_AIM : { maxAccuracyDrop: maxAccuracyDrop / 100 };
}
