import { evaluateExits, getCriterion } from '@earlyexit/exit-criteria';
import type { LabelledLogits } from '../checks';
import { randomStream } from '@earlyexit/core';
import { selectSamples } from '../samples/select-samples';
import { syntheticLogits } from '../test-data';
import { controlRisk, type RiskOptions } from './control-risk';
import { exitLosses, leavingExits } from './exit-losses';

/** The outcome of making a promise many times. */
export interface PromiseFrequency {
  /** How often the true risk of the chosen thresholds was above the one allowed. */
  readonly broken: number;
  /** The true risk on average over the draws. */
  readonly meanRisk: number;
  /** The share of samples that leave early under the chosen thresholds, on average over the draws. */
  readonly meanLeaving: number;
}

/** A population large enough to stand for the truth, on which leaving early is sometimes worse. */
export const population: LabelledLogits = syntheticLogits({
  samples: 20_000,
  exits: 3,
  classes: 6,
  scale: 2,
});
// Fine enough that the naive rule can come close to the risk allowed, from either side.
const path = Array.from({ length: 100 }, (_, i) => [1 - (i + 1) / 200, 1 - (i + 1) / 200]);

/**
 * Makes a promise on `draws` calibration sets, drawn from the population with replacement, and compares the promise
 * with the risk on the whole population, which is the true risk of these draws.
 */
export function keepPromises(
  draws: number,
  samples: number,
  options: Omit<RiskOptions, 'path' | 'criterion'>,
): PromiseFrequency {
  const { loss = 'consistency', risk } = options;
  const evaluations = evaluateExits(population, 'max-probability');
  const losses = exitLosses(evaluations, loss, population.labels);
  const exits = new Int8Array(population.samples);
  const truth = path.map((thresholds) => {
    leavingExits(getCriterion('max-probability'), evaluations, thresholds, exits);
    let lost = 0;
    let leaving = 0;
    exits.forEach((exit, row) => {
      lost += losses[exit]![row]!;
      leaving += exit < 2 ? 1 : 0;
    });
    return { risk: lost / population.samples, leaving: leaving / population.samples };
  });

  const random = randomStream(11);
  let broken = 0;
  let meanRisk = 0;
  let meanLeaving = 0;
  for (let draw = 0; draw < draws; draw++) {
    const rows = Int32Array.from({ length: samples }, () => Math.floor(random() * population.samples));
    const { step } = controlRisk(selectSamples(population, rows), { ...options, path });
    const chosen = truth[step] ?? { risk: 0, leaving: 0 };
    broken += chosen.risk > risk ? 1 / draws : 0;
    meanRisk += chosen.risk / draws;
    meanLeaving += chosen.leaving / draws;
  }
  return { broken, meanRisk, meanLeaving };
}
