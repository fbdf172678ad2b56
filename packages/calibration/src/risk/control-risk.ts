import { ArgumentError, DataError, randomStream, shuffledRows } from '@earlyexit/core';
import {
  type CachedLogits,
  type CriterionName,
  evaluateExits,
  getCriterion,
  type Threshold,
  validatePolicy,
} from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits } from '../checks';
import { bettingEvidence, isBelowByBetting } from './betting';
import { hoeffdingBentkus } from './binomial';
import { type ExitLoss, exitLosses, leavingExits } from './exit-losses';
import { neededSamples } from './needed-samples';
import type { RiskMethod } from './risk-method';
import { sharedThresholdPath, type ThresholdPath } from './threshold-path';

/** What to promise. */
export interface RiskOptions {
  /** `ucb` unless given. */
  readonly method?: RiskMethod;
  /** `consistency` unless given. */
  readonly loss?: ExitLoss;
  /** The largest risk allowed, that is the mean loss, between 0 and 1. */
  readonly risk: number;
  /** The probability with which the promise may fail; 0.1 unless given. */
  readonly delta?: number;
  /** `max-probability` unless given. */
  readonly criterion?: CriterionName;
  /** One an exit, fitted on other samples than these; 1 everywhere unless given. */
  readonly temperatures?: readonly number[];
  /** From strict to lenient, fixed without looking at these samples; `sharedThresholdPath` unless given. */
  readonly path?: ThresholdPath;
  /** Draws the order in which `ucb` bets; 0 unless given. */
  readonly seed?: number;
}

/** The most lenient thresholds that keep the promise. */
export interface ControlledRisk {
  /** One an early exit; all `'never'` if no step of the path could be accepted. */
  readonly thresholds: readonly Threshold[];
  /** Which step of the path that is; −1 if none. */
  readonly step: number;
  /** Mean loss on these samples at that step. */
  readonly empiricalRisk: number;
  /** Upper confidence bound of the risk at level δ, for `ucb` and `ltt`; `null` otherwise. */
  readonly bound: number | null;
  /** What is promised, in words. */
  readonly promise: string;
}

/**
 * Chooses the most lenient thresholds on a path of which it can be promised that leaving early loses at most `risk`
 * (Jazbec et al., "Fast yet Safe", NeurIPS 2024). The samples must be drawn like those to come, and nothing else
 * (temperatures, paths, policies) may have been fitted on them.
 *
 * `ucb` and `ltt` test the steps one after the other, each at level δ, and stop at the first that fails; the last
 * accepted one counts. That holds whether or not the risk grows along the path. `crc` needs losses that never fall
 * along the path, so a sample that has lost once counts as lost from there on; so does `ltt` count a gain as 0.
 *
 * @throws ArgumentError for numbers out of range, a path that does not fit, or `gap` without labels; DataError if
 * there are too few samples to promise anything, saying how many are needed.
 */
export function controlRisk(cached: CachedLogits, options: RiskOptions): ControlledRisk {
  const { method = 'ucb', loss = 'consistency', risk, delta = 0.1, seed = 0 } = options;
  const { criterion: name = 'max-probability', temperatures } = options;
  const where = 'controlRisk';
  if (loss === 'gap') checkLabelled(cached, where);
  else checkLogits(cached, where);
  checkProbability(risk, `${where}: risk`);
  checkProbability(delta, `${where}: delta`);
  const { samples, classes, labels } = cached;
  const earlyExits = cached.exits.length - 1;
  const path = options.path ?? sharedThresholdPath(name, { classes, earlyExits });
  for (const thresholds of path) {
    validatePolicy({ criterion: name, thresholds, ...(temperatures && { temperatures }) }, earlyExits);
  }
  const needed = neededSamples(method, risk, delta);
  if (samples < needed) {
    throw new DataError({
      where,
      rule: `a promise of at most ${risk} by ${method} needs at least ${needed} samples`,
      received: String(samples),
      remedy: 'Take a larger part of the calibration split, or allow more risk',
    });
  }

  const criterion = getCriterion(name);
  const evaluations = evaluateExits(cached, name, temperatures);
  const losses = exitLosses(evaluations, loss, labels);
  const order = shuffledRows(samples, randomStream(seed));
  const exits = new Int8Array(samples);
  const current = new Int8Array(samples);
  const largest = new Int8Array(samples);
  let step = -1;
  // Never leaving loses nothing.
  let accepted = new Int8Array(samples);
  for (const [next, thresholds] of path.entries()) {
    leavingExits(criterion, evaluations, thresholds, exits);
    for (let i = 0; i < samples; i++) {
      const row = order[i]!;
      current[i] = losses[exits[row]!]![row]!;
      largest[i] = Math.max(largest[i]!, current[i]!);
    }
    if (accepts(method, current, largest, risk, delta)) {
      step = next;
      accepted = current.slice();
    } else if (method !== 'naive') break;
  }
  return {
    thresholds: path[step] ?? Array<Threshold>(earlyExits).fill('never'),
    step,
    empiricalRisk: mean(accepted),
    bound: step < 0 && method !== 'crc' && method !== 'naive' ? 0 : upperBound(method, accepted, risk, delta),
    promise: describePromise(method, loss, risk, delta, samples, step),
  };
}

function accepts(
  method: RiskMethod,
  current: Int8Array,
  largest: Int8Array,
  risk: number,
  delta: number,
): boolean {
  const count = current.length;
  switch (method) {
    case 'naive':
      return mean(current) < risk;
    case 'crc':
      // The mean is at most (n + 1)/n · risk − 1/n, in counts, and rounded so that equality is seen.
      return sum(largest) <= Number(((count + 1) * risk).toPrecision(12)) - 1;
    case 'ucb':
      return isBelowByBetting(current, risk, delta);
    case 'ltt':
      return hoeffdingBentkus(meanOfLosses(current), count, risk, true) <= delta;
  }
}

/** The smallest risk that the method's test would still have accepted. */
function upperBound(method: RiskMethod, current: Int8Array, risk: number, delta: number): number | null {
  if (method !== 'ucb' && method !== 'ltt') return null;
  const isBelow = (value: number): boolean =>
    method === 'ucb'
      ? bettingEvidence(current, value, delta) >= Math.log(1 / delta)
      : hoeffdingBentkus(meanOfLosses(current), current.length, value, true) <= delta;
  let low = 0;
  let high = risk;
  // To a millionth of the risk allowed, finer than anyone reads it.
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function sum(values: Int8Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: Int8Array): number {
  return sum(values) / values.length;
}

/** The mean with gains counted as 0: the p-values want losses from 0 to 1. */
function meanOfLosses(values: Int8Array): number {
  return sum(values.map((value) => Math.max(0, value))) / values.length;
}

function checkProbability(value: number, where: string): void {
  if (value > 0 && value < 1) return;
  throw new ArgumentError({
    where,
    rule: 'a number between 0 and 1',
    received: String(value),
    remedy: 'Two percent is 0.02',
  });
}

function describePromise(
  method: RiskMethod,
  loss: ExitLoss,
  risk: number,
  delta: number,
  samples: number,
  step: number,
): string {
  const percent = (value: number): string => `${Number((100 * value).toPrecision(6))} %`;
  const what =
    loss === 'consistency'
      ? `at most ${percent(risk)} of the answers differ from the final exit's`
      : `accuracy is at most ${Number((100 * risk).toPrecision(6))} percentage points below the final exit's`;
  if (method === 'naive') return `No promise: on these ${samples} samples ${what}, on others perhaps not`;
  const how =
    method === 'crc'
      ? `On average over draws of ${samples} calibration samples, ${what}`
      : `With a probability of at least ${percent(1 - delta)} over the draw of the ${samples} calibration samples, ${what}`;
  return step < 0 ? `${how}. Only never leaving early could be accepted` : how;
}
