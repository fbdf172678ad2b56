import type { ExitCosts, Simulation } from '@earlyexit/exit-criteria';
import { costInterval } from '../intervals/cost-interval';
import { DEFAULT_CONFIDENCE, type Estimate } from '../intervals/estimate';
import { wilsonInterval } from '../intervals/wilson-interval';

/** The confidence intervals of an operating point's figures. */
export interface PointIntervals {
  /** Wilson's interval. */
  readonly accuracy: Estimate;
  readonly averageMacs: Estimate;
}

/**
 * The intervals of an operating point.
 *
 * @param labels `[samples]`, the true classes; at least one.
 * @param confidence Between 0 and 1; 0.95 unless given.
 * @throws ArgumentError for a confidence out of range
 */
export function pointIntervals(
  { exitIndex, classes }: Pick<Simulation, 'exitIndex' | 'classes'>,
  labels: Int32Array,
  { exitMacs }: Pick<ExitCosts, 'exitMacs'>,
  confidence = DEFAULT_CONFIDENCE,
): PointIntervals {
  const taken = exitMacs.map(() => 0);
  let right = 0;
  classes.forEach((answer, row) => {
    right += answer === labels[row] ? 1 : 0;
    taken[exitIndex[row]!]!++;
  });
  const { averageMacs } = costInterval(taken, { exitMacs, staticMacs: exitMacs.at(-1)! }, confidence);
  return { accuracy: wilsonInterval(right, labels.length, confidence), averageMacs };
}
