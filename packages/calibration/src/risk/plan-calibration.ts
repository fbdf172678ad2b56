import { ArgumentError, randomStream, type WorkOptions } from '@earlyexit/core';
import { type CachedLogits, type ExitCosts } from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled, checkLogits, checkProbability } from '../checks';
import type { Estimate } from '../intervals/estimate';
import { type ExitLoss, exitLosses } from './exit-losses';
import { fallbackSequence } from './fallback-sequence';
import { rejectsRisk } from './loss-test';
import { neededSamples } from './needed-samples';
import { defaultMethod } from './risk-method';
import { type PathOptions, walkPath } from './walk-path';

/** What to promise, and on how many samples. */
export interface PlanOptions extends PathOptions {
  /** The largest risk allowed, between 0 and 1. */
  readonly risk: number;
  /** The probability with which the promise may fail; 0.1 unless given. */
  readonly delta?: number;
  /** `consistency` unless given. */
  readonly loss?: ExitLoss;
  /** `ltt` for consistency and `ucb` for gap unless given. */
  readonly method?: 'ucb' | 'ltt';
  /** The numbers of samples to consider; 500, 1,000, 5,000 and 20,000 unless given. */
  readonly sizes?: readonly number[];
  /** What leaving costs, with every head on the way. */
  readonly costs: ExitCosts;
  /** How many calibration sets of each size are drawn; 50 unless given. */
  readonly draws?: number;
  readonly seed?: number;
}

/** What a given number of calibration samples would buy. */
export interface PlannedSize {
  readonly samples: number;
  /** The share of draws in which any thresholds other than never leaving could be accepted. */
  readonly promised: number;
  /** The share of samples that leave early: the median over the draws, and the 10th and 90th percentiles. */
  readonly leavingEarly: Estimate;
  /** Likewise the plain network's cost divided by the average cost. */
  readonly macsRatio: Estimate;
}

const SIZES = [500, 1_000, 5_000, 20_000];
const DRAWS = 50;

/**
 * What calibration sets of several sizes would buy: for each size, sets are drawn from pilot samples with replacement,
 * a promise is made on each, and its effect is measured on the whole pilot (a bootstrap of `controlRisk`).
 *
 * The pilot stands for all future samples: it says nothing about losses rarer than one in its number of samples, and a
 * plan for a risk not far above that is too optimistic.
 *
 * @param pilot A few hundred samples or more; the samples that the promise is later made on need not be among them.
 * @returns One entry per size, in their order.
 * @throws ArgumentError for numbers out of range, costs or a path that do not fit; DataError without samples.
 */
export function planCalibration(
  pilot: CachedLogits,
  options: PlanOptions,
  { signal, onProgress }: WorkOptions = {},
): PlannedSize[] {
  const { risk, delta = 0.1, loss = 'consistency', method = defaultMethod(loss) } = options;
  const { sizes = SIZES, draws = DRAWS, seed = 0 } = options;
  const { exitMacs, staticMacs } = options.costs;
  const name = 'planCalibration';
  if (loss === 'gap') checkLabelled(pilot, name);
  else checkLogits(pilot, name);
  checkProbability(risk, name, 'risk');
  checkProbability(delta, name, 'delta');
  checkExitMacs(exitMacs, pilot.exits.length, name);
  const bad = [...sizes, draws].find((size) => !Number.isInteger(size) || size < 1);
  if (bad !== undefined) {
    throw new ArgumentError({
      function: name,
      argument: 'sizes',
      rule: 'sizes and draws are positive whole numbers',
      received: String(bad),
    });
  }
  const walk = walkPath(pilot, options);
  const table = exitLosses(walk.evaluations, loss, pilot.labels);
  const final = pilot.exits.length - 1;
  // For every step the loss of each pilot sample, and how many leave and at what cost on the pilot.
  const steps = walk.path.map((_, step) => {
    const exits = walk.exitsAt(step);
    let leaving = 0;
    let macs = 0;
    exits.forEach((exit) => {
      leaving += exit < final ? 1 : 0;
      macs += exitMacs[exit]!;
    });
    return {
      losses: Int8Array.from(exits, (exit, row) => table[exit]![row]!),
      leaving: leaving / pilot.samples,
      macs: macs / pilot.samples,
    };
  });
  const random = randomStream(seed);
  return sizes.map((samples, done) => {
    signal?.throwIfAborted();
    onProgress?.({ what: 'planning calibration sizes', done, total: sizes.length, unit: 'steps' });
    const leaving: number[] = [];
    const ratios: number[] = [];
    let promised = 0;
    const drawn = new Int8Array(samples);
    for (let draw = 0; draw < draws; draw++) {
      const rows = Int32Array.from({ length: samples }, () => Math.floor(random() * pilot.samples));
      const accepted =
        samples < neededSamples(method, risk, delta)
          ? []
          : fallbackSequence(steps.length, 1, delta, (index, level) => {
              const { losses } = steps[index]!;
              for (let i = 0; i < samples; i++) drawn[i] = losses[rows[i]!]!;
              return rejectsRisk(method, drawn, risk, level, delta);
            });
      const chosen = steps[accepted.at(-1) ?? -1] ?? { leaving: 0, macs: exitMacs[final]! };
      promised += accepted.length > 0 ? 1 / draws : 0;
      leaving.push(chosen.leaving);
      ratios.push(staticMacs / chosen.macs);
    }
    return { samples, promised, leavingEarly: middleOf(leaving), macsRatio: middleOf(ratios) };
  });
}

/** The median, and the 10th and 90th percentile. */
function middleOf(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { value: at(0.5), low: at(0.1), high: at(0.9) };
}
