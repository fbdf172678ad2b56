import type { SearchAim } from '@earlyexit/calibration';

/** The aim of a search in words. */
export function describeAim(aim: SearchAim): string {
  return 'targetMacs' in aim
    ? `the most accurate at ${String(Number((aim.targetMacs * 100).toPrecision(6)))} % of the plain network's MACs`
    : `the cheapest at most ${String(Number((aim.maxAccuracyDrop * 100).toPrecision(6)))} points below the final exit`;
}
