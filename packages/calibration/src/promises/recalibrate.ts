import { DataError } from '@earlyexit/core';
import {
  type CachedLogits,
  type CriterionName,
  type ExitCosts,
  type ExitPolicy,
} from '@earlyexit/exit-criteria';
import { checkLogits } from '../checks';
import { type ControlledRisk, controlRisk, type RiskOptions } from '../risk/control-risk';
import { fittedPath } from '../risk/fitted-path';
import { splitSamples } from '../samples/select-samples';
import { fitTemperatures } from '../temperature/fit-temperature';

/** What to promise again, and what the exits cost. */
export interface RecalibrateOptions extends Pick<RiskOptions, 'method' | 'loss' | 'risk' | 'delta' | 'seed'> {
  readonly criterion: CriterionName;
  /** One per exit: those in use, which stay if the kept samples have no labels to fit others on. */
  readonly temperatures: readonly number[];
  /** What leaving costs, with every head on the way. */
  readonly costs: ExitCosts;
  /** The share of samples that temperatures and the path are fitted on; 0.2 unless given. */
  readonly share?: number;
}

/** The new policy, and the promise that comes with it. */
export interface Recalibration {
  readonly policy: Required<ExitPolicy>;
  readonly promise: ControlledRisk;
  /** How many samples were fitted on, and how many the promise was made on. */
  readonly fittedSamples: number;
  readonly promisedSamples: number;
}

const FEWEST_FITTED = 20;

/**
 * Calibrates again from logits that a service kept, once a monitor has reported that a promise no longer holds. The
 * kept samples must be drawn at random from those since the shift, and each must have gone through all exits.
 * Temperatures (if there are labels) and a path of thresholds are fitted on a part of them; the promise is made on the
 * rest.
 *
 * @param kept Logits of all exits; with labels if they are known, which a loss of `gap` needs.
 * @throws ArgumentError as `controlRisk`; DataError if there are too few samples, saying how many are needed.
 */
export function recalibrate(kept: CachedLogits, options: RecalibrateOptions): Recalibration {
  const { criterion, costs, share = 0.2, seed = 0, loss = 'consistency', ...rest } = options;
  checkLogits(kept, 'recalibrate');
  if (kept.samples * share < FEWEST_FITTED) {
    throw new DataError({
      where: 'recalibrate',
      rule: `at least ${FEWEST_FITTED} samples are needed for the part that is fitted on, a share of ${share}`,
      received: `${kept.samples} samples in all`,
      remedy: 'Keep the logits of more samples',
    });
  }
  const [fitted, promised] = splitSamples(kept, share, seed);
  const temperatures = fitted.labels === null ? [...options.temperatures] : fitTemperatures(fitted);
  const { method, risk, delta } = rest;
  const path = fittedPath(fitted, { criterion, temperatures, costs, loss, risk });
  const promise = controlRisk(promised, {
    ...{ criterion, temperatures, path, loss, risk, seed },
    ...(method && { method }),
    ...(delta !== undefined && { delta }),
  });
  return {
    policy: { criterion, thresholds: promise.thresholds, temperatures },
    promise,
    fittedSamples: fitted.samples,
    promisedSamples: promised.samples,
  };
}
