import { DEFAULT_AIM, searchThresholds, type SearchAim, type ThresholdSearch } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import {
  type CachedLogits,
  type CriterionName,
  type ExitCosts,
  getCriterion,
} from '@earlyexit/exit-criteria';
import { naming } from '../naming';

/** The aim that options name; the default aim if none does. */
export function chooseAim(options: {
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
}): SearchAim {
  const { maxAccuracyDrop, targetMacs } = options;
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

/** The aim in words. */
export function describeAim(aim: SearchAim): string {
  return 'targetMacs' in aim
    ? `the most accurate at ${String(Number((aim.targetMacs * 100).toPrecision(6)))} % of the plain network's MACs`
    : `the cheapest at most ${String(Number((aim.maxAccuracyDrop * 100).toPrecision(6)))} points below the final exit`;
}

/** Refuses criteria that look at the labels, where thresholds are to be found or used on new data. */
export function refuseOracle(criterion: CriterionName, remedy: string): void {
  if (!getCriterion(criterion).needsLabels) return;
  throw new ArgumentError({
    where: '--criterion',
    rule: 'this criterion looks at the true classes, so it serves evaluation with given thresholds only',
    received: criterion,
    remedy,
  });
}

/** Searches thresholds for a network with at least one early exit. */
export async function searchPolicy(
  cached: CachedLogits,
  options: {
    readonly criterion: CriterionName;
    readonly temperatures: readonly number[];
    readonly costs: ExitCosts;
    readonly aim: SearchAim;
  },
): Promise<ThresholdSearch> {
  const { criterion, temperatures, costs, aim } = options;
  const option = 'targetMacs' in aim ? '--target-macs' : '--max-accuracy-drop';
  return naming(option, () => searchThresholds(cached, { criterion, temperatures, costs, aim }));
}
