import { ArgumentError, randomStream, shuffledRows } from '@earlyexit/core';
import { type CachedLogits, type Threshold } from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits, checkProbability } from '../checks';
import type { ControlledRisk } from './control-risk';
import { describePromise } from './describe-promise';
import { type ExitLoss, exitLosses } from './exit-losses';
import { fallbackSequence } from './fallback-sequence';
import { rejectsRisk } from './loss-test';
import { type PathOptions, walkPath } from './walk-path';

/** Options of a promise about samples that occur with other frequencies than the calibration samples did. */
export interface ShiftedRiskOptions extends PathOptions {
  /**
   * `[samples]`, how much more often samples like each one occur now, p_now(x) / p_then(x), 1 on average; known, or
   * estimated on other samples or without labels (`covariateShiftWeights`).
   */
  readonly weights: ArrayLike<number>;
  /** The largest weight that a new sample can have; the largest here unless given. */
  readonly largestWeight?: number;
  /** `crc` on average, `ucb` with probability 1 − δ; `ucb` unless given. */
  readonly method?: 'crc' | 'ucb';
  /** `consistency` unless given. */
  readonly loss?: ExitLoss;
  /** The largest risk allowed on new samples, between 0 and 1. */
  readonly risk: number;
  /** The probability with which the promise may fail; 0.1 unless given. */
  readonly delta?: number;
  readonly seed?: number;
}

/**
 * `controlRisk` under covariate shift: each sample loses what it lost before, but samples occur with other frequencies.
 * Each loss counts with its sample's weight w (weighted conformal prediction; Tibshirani, Barber, Candès and Ramdas,
 * NeurIPS 2019). With W the largest weight, `crc` accepts a step while
 *
 * (Σ w_i · largest loss so far_i + W) / (Σ w_i + W) ≤ risk,
 *
 * and `ucb` bets that the mean of w · loss / W, which is the risk over W, lies below risk / W.
 *
 * The promise is only as good as the weights. The larger W, the more samples it takes.
 *
 * @throws ArgumentError for weights that are invalid or do not fit, numbers out of range, or `gap` without labels.
 */
export function controlShiftedRisk(cached: CachedLogits, options: ShiftedRiskOptions): ControlledRisk {
  const { weights, method = 'ucb', loss = 'consistency', risk, delta = 0.1, seed = 0 } = options;
  const name = 'controlShiftedRisk';
  if (loss === 'gap') checkLabelled(cached, name);
  else checkLogits(cached, name);
  checkProbability(risk, name, 'risk');
  checkProbability(delta, name, 'delta');
  const { samples, labels } = cached;
  const own = Float64Array.from(weights);
  const bad = own.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
  const total = own.reduce((sum, weight) => sum + weight, 0);
  if (own.length !== samples || bad !== undefined || total === 0) {
    throw new ArgumentError({
      function: name,
      argument: 'weights',
      rule: `each of the ${samples} samples has a weight, finite and not negative, and not all are 0`,
      received: bad === undefined ? `${own.length} weights, ${total} in all` : String(bad),
    });
  }
  const largest = options.largestWeight ?? own.reduce((most, weight) => Math.max(most, weight), 0);
  const walk = walkPath(cached, options);
  const table = exitLosses(walk.evaluations, loss, labels);
  const order = shuffledRows(samples, randomStream(seed));
  const lossesAt = (step: number): Int8Array => {
    const exits = walk.exitsAt(step);
    return Int8Array.from(order, (row) => table[exits[row]!]![row]!);
  };
  const worst = new Int8Array(samples);
  const accepted =
    method === 'ucb'
      ? fallbackSequence(walk.path.length, 1, delta, (step, level) => {
          const weighted = Float64Array.from(lossesAt(step), (lost, i) => (lost * own[order[i]!]!) / largest);
          return rejectsRisk('ucb', weighted, risk / largest, level, delta);
        })
      : fallbackSequence(walk.path.length, 1, delta, (step) => {
          let lost = largest;
          lossesAt(step).forEach((value, i) => {
            worst[i] = Math.max(worst[i]!, value);
            lost += worst[i] * own[order[i]!]!;
          });
          return lost <= risk * (total + largest);
        });
  const step = accepted.at(-1) ?? -1;
  const lostAt = step < 0 ? new Int8Array(samples) : lossesAt(step);
  const about = { method, loss, risk, delta, samples, acceptsNone: step < 0 };
  return {
    thresholds: walk.path[step] ?? Array<Threshold>(cached.exits.length - 1).fill('never'),
    step,
    empiricalRisk: lostAt.reduce((sum, value, i) => sum + value * own[order[i]!]!, 0) / total,
    promise: `${describePromise(about)}, on samples that come as often as their weights say`,
  };
}
