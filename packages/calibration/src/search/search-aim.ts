import { ArgumentError } from '@earlyexit/core';
import type { ExitCosts } from '@earlyexit/exit-criteria';
import { type Frontier, paretoOptimal } from './frontier';

/** What thresholds should achieve on the samples they are searched on. */
export type SearchAim =
  /** The cheapest thresholds whose accuracy is at most this much (a fraction from 0 to 1) below the final exit's. */
  | { readonly maxAccuracyDrop: number }
  /** The most accurate thresholds whose average cost is at most this share of the static network's. */
  | { readonly targetMacs: number };

/** The aim unless another is given: at most half a percentage point below the final exit. */
export const DEFAULT_AIM: SearchAim = { maxAccuracyDrop: 0.005 };

/**
 * Refuses an aim that nothing can reach.
 *
 * @throws ArgumentError if a number is out of its range, or the cost target is below the cost of always leaving at the
 * first exit.
 */
export function checkAim(aim: SearchAim, { exitMacs, staticMacs }: ExitCosts): void {
  if (!(Number.isFinite(staticMacs) && staticMacs > 0)) {
    throw new ArgumentError({
      where: 'searchThresholds: costs.staticMacs',
      rule: 'a positive number',
      received: String(staticMacs),
    });
  }
  if ('maxAccuracyDrop' in aim) {
    if (aim.maxAccuracyDrop >= 0 && aim.maxAccuracyDrop <= 1) return;
    throw new ArgumentError({
      function: 'searchThresholds',
      argument: 'maxAccuracyDrop',
      rule: 'a fraction from 0 to 1',
      received: String(aim.maxAccuracyDrop),
      remedy: 'Half a percentage point is 0.005',
    });
  }
  const least = exitMacs[0]! / staticMacs;
  if (Number.isFinite(aim.targetMacs) && aim.targetMacs >= least) return;
  throw new ArgumentError({
    function: 'searchThresholds',
    argument: 'targetMacs',
    rule: `a share of the static network's cost, at least the ${least.toPrecision(4)} of always leaving at the first exit`,
    received: String(aim.targetMacs),
  });
}

/**
 * Finds the choice on a frontier that an aim asks for, as its number of right answers.
 *
 * @param finalRight How many of the samples the final exit gets right.
 */
export function pickByAim(
  aim: SearchAim,
  samples: number,
  finalRight: number,
  staticMacs: number,
): (frontier: Frontier) => number {
  if ('maxAccuracyDrop' in aim) {
    const fewest = finalRight - Math.floor(round(aim.maxAccuracyDrop * samples));
    // Never leaving early loses nothing, so there is always such a choice.
    return (frontier) => paretoOptimal(frontier).find((right) => right >= fewest)!;
  }
  const dearest = round(aim.targetMacs * staticMacs * samples);
  return (frontier) => paretoOptimal(frontier).findLast((right) => round(frontier.cost[right]!) <= dearest)!;
}

/** Undoes the last few bits of rounding in a product of user input. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
