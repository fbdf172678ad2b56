import { ArgumentError, DataError, randomStream, shuffledRows } from '@earlyexit/core';
import { type CachedLogits, type Threshold } from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits, checkProbability } from '../checks';
import { describePromise } from './describe-promise';
import { type ExitLoss, exitLosses } from './exit-losses';
import { fallbackSequence } from './fallback-sequence';
import { meanOf, rejectsRisk, sumOf } from './loss-test';
import { neededSamples } from './needed-samples';
import { defaultMethod, type RiskMethod } from './risk-method';
import { type PathOptions, walkPath } from './walk-path';

/** What to promise. */
export interface RiskOptions extends PathOptions {
  /** `ltt` for consistency and `ucb` for gap unless given: the one that lets more samples leave. */
  readonly method?: RiskMethod;
  /** `consistency` unless given. */
  readonly loss?: ExitLoss;
  /** The largest risk allowed, that is the mean loss, between 0 and 1. */
  readonly risk: number;
  /** The probability with which the promise may fail; 0.1 unless given. */
  readonly delta?: number;
  /**
   * The number of evenly spaced steps at which `ucb` and `ltt` begin to test, each with its share of δ; 1 unless given.
   * With more than one, the test can get past a risk that rises above the limit and falls again; each start costs the
   * others a little power.
   */
  readonly starts?: number;
  /** The seed of the order in which `ucb` bets; 0 unless given. */
  readonly seed?: number;
}

/** The most lenient thresholds that keep the promise. */
export interface ControlledRisk {
  /** One per early exit; all `'never'` if no step of the path could be accepted. */
  readonly thresholds: readonly Threshold[];
  /** Which step of the path that is; −1 if none. */
  readonly step: number;
  /** Mean loss on these samples at that step. The step was chosen by it, so this is no promise: `risk` is. */
  readonly empiricalRisk: number;
  /** What is promised, in words. */
  readonly promise: string;
}

/**
 * Chooses the most lenient thresholds on a path with the promise that leaving early loses at most `risk` (Jazbec et
 * al., "Fast yet Safe", NeurIPS 2024). The samples must be drawn like future ones, and nothing else (temperatures,
 * paths, policies) may have been fitted on them.
 *
 * `ucb` and `ltt` test the steps one after another and stop at the first that fails, or go on at the next of the
 * `starts` (`fallbackSequence`); the last accepted one counts. This is valid whether or not the risk grows along the
 * path. `crc` needs losses that never fall along the path, so a sample that has lost once counts as lost from then on.
 * `ltt` counts a gain as 0.
 *
 * The promise is `risk`, nothing smaller: a bound computed from the losses at the chosen step would depend on the
 * choice, and fail more often than δ.
 *
 * @throws ArgumentError for numbers out of range, a path that does not fit, or `gap` without labels; DataError if
 * there are too few samples to promise anything, saying how many are needed.
 */
export function controlRisk(cached: CachedLogits, options: RiskOptions): ControlledRisk {
  const { loss = 'consistency', method = defaultMethod(loss), risk, delta = 0.1, starts = 1 } = options;
  const where = 'controlRisk';
  if (loss === 'gap') checkLabelled(cached, where);
  else checkLogits(cached, where);
  checkProbability(risk, where, 'risk');
  checkProbability(delta, where, 'delta');
  if (!Number.isInteger(starts) || starts < 1) {
    throw new ArgumentError({
      function: where,
      argument: 'starts',
      rule: 'a positive whole number',
      received: String(starts),
    });
  }
  const { samples, labels } = cached;
  const walk = walkPath(cached, options);
  const needed = neededSamples(method, risk, delta / Math.min(starts, Math.max(1, walk.path.length)));
  if (samples < needed) {
    throw new DataError({
      where,
      rule: `a promise of at most ${risk} by ${method} needs at least ${needed} samples`,
      received: String(samples),
      remedy: 'Take a larger part of the calibration split, or allow more risk',
    });
  }

  const losses = exitLosses(walk.evaluations, loss, labels);
  const order = shuffledRows(samples, randomStream(options.seed ?? 0));
  const current = new Int8Array(samples);
  const lossesAt = (step: number): Int8Array => {
    const exits = walk.exitsAt(step);
    for (let i = 0; i < samples; i++) current[i] = losses[exits[order[i]!]!]![order[i]!]!;
    return current;
  };
  const accepted =
    method === 'ucb' || method === 'ltt'
      ? fallbackSequence(walk.path.length, starts, delta, (step, level) =>
          rejectsRisk(method, lossesAt(step), risk, level, delta),
        )
      : acceptInOrder(method, walk.path.length, lossesAt, risk);
  const step = accepted.at(-1) ?? -1;
  return {
    thresholds: walk.path[step] ?? Array<Threshold>(cached.exits.length - 1).fill('never'),
    step,
    // Never leaving loses nothing.
    empiricalRisk: step < 0 ? 0 : meanOf(lossesAt(step)),
    promise: describePromise({ method, loss, risk, delta, samples, acceptsNone: step < 0 }),
  };
}

/** The steps that `crc` and `naive` accept: they look at the mean, not at a probability. */
function acceptInOrder(
  method: 'crc' | 'naive',
  length: number,
  lossesAt: (step: number) => Int8Array,
  risk: number,
): number[] {
  const accepted: number[] = [];
  let largest: Int8Array | null = null;
  for (let step = 0; step < length; step++) {
    const current = lossesAt(step);
    if (method === 'naive') {
      if (meanOf(current) < risk) accepted.push(step);
      continue;
    }
    const before: Int8Array = largest ?? new Int8Array(current.length);
    largest = before.map((loss, i) => Math.max(loss, current[i]!));
    // The mean is at most (n + 1)/n · risk − 1/n, written in counts and rounded so that equality is recognised.
    if (sumOf(largest) > Number(((current.length + 1) * risk).toPrecision(12)) - 1) break;
    accepted.push(step);
  }
  return accepted;
}
