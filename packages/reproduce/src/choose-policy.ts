import { fixedShareThresholds, screenThresholds, searchThresholds } from '@earlyexit/calibration';
import { type CachedLogits, type ExitCosts, type ExitPolicy, type Threshold } from '@earlyexit/exit-criteria';
import { thinFrontier } from './frontier-curve';
import type { RecipeSystem } from './recipe';

/** Where samples leave, and the thresholds along the frontier of the same samples. */
export interface ChosenPolicy {
  readonly policy: ExitPolicy;
  readonly frontier: readonly (readonly Threshold[])[];
}

const MOST_POINTS = 40;

/**
 * Chooses thresholds as a system's aim says.
 *
 * @param cached logits of the samples to choose on, labelled
 * @throws ArgumentError for an aim that cannot be reached
 */
export function choosePolicy(
  { criterion, aim }: Pick<RecipeSystem, 'criterion' | 'aim'>,
  cached: CachedLogits,
  costs: ExitCosts,
): ChosenPolicy {
  if ('screening' in aim) {
    const { best, frontier } = screenThresholds(cached, { criterion, costs, thresholds: aim.screening });
    return {
      policy: { criterion, thresholds: best.thresholds },
      frontier: thinFrontier(
        frontier.map(({ thresholds }) => thresholds),
        MOST_POINTS,
      ),
    };
  }
  const search = searchThresholds(cached, {
    criterion,
    costs,
    aim: 'targetMacs' in aim || 'maxAccuracyDrop' in aim ? aim : { maxAccuracyDrop: 0 },
  });
  const thresholds =
    'thresholds' in aim
      ? aim.thresholds
      : 'shares' in aim
        ? fixedShareThresholds(cached, { criterion, shares: aim.shares })
        : search.thresholds;
  return {
    policy: { criterion, thresholds },
    frontier: thinFrontier(
      search.frontier.map(({ thresholds: along }) => along),
      MOST_POINTS,
    ),
  };
}
