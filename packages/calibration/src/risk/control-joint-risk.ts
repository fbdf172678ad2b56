import { ArgumentError, randomStream, shuffledRows } from '@earlyexit/core';
import { type CachedLogits, type ExitCosts, type Threshold } from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled, checkLogits, checkProbability } from '../checks';
import { asPercent, shortNumber } from './describe-promise';
import { exitLosses } from './exit-losses';
import { fallbackSequence } from './fallback-sequence';
import { type Losses, meanOf, rejectsRisk } from './loss-test';
import { defaultMethod } from './risk-method';
import { type PathOptions, walkPath } from './walk-path';

/** The promises that one set of thresholds has to keep. */
export interface JointRiskOptions extends PathOptions {
  /** The largest share of answers that differ from the final exit's, between 0 and 1. */
  readonly consistency?: number;
  /** The largest accuracy drop against the final exit, a fraction between 0 and 1; needs labels. */
  readonly gap?: number;
  /** The largest average cost as a share of the plain network's; needs `costs`. */
  readonly cost?: number;
  /** What leaving costs, with every head on the way. */
  readonly costs?: ExitCosts;
  /** The probability with which any of them may fail; 0.1 unless given. */
  readonly delta?: number;
  /** The seed of the order in which losses are bet on; 0 unless given. */
  readonly seed?: number;
}

/** Thresholds that keep several promises at once. */
export interface JointRisk {
  /** One per early exit; null if no step keeps all of them. */
  readonly thresholds: readonly Threshold[] | null;
  /** Which step of the path that is; −1 if none. */
  readonly step: number;
  /** On these samples, at that step. */
  readonly empirical: { readonly consistency?: number; readonly gap?: number; readonly cost?: number };
  /** What is promised, in words. */
  readonly promise: string;
}

/**
 * The most lenient thresholds on a path that keep several promises at once: consistency, accuracy gap, cost.
 *
 * Risks of the same direction need not share δ: a step is accepted if each of them is rejected at δ, and accepting a
 * step that breaks any of them means having wrongly rejected that one (intersection–union test; Berger, 1982). Cost
 * falls along the path while losses grow, so it is tested from the other end, and each direction then gets half of δ.
 * With probability 1 − δ every step that both accept keeps all promises, whichever is taken.
 *
 * @throws ArgumentError if nothing is asked for, numbers are out of range, labels or costs are missing.
 */
export function controlJointRisk(cached: CachedLogits, options: JointRiskOptions): JointRisk {
  const { consistency, gap, cost, delta = 0.1, seed = 0 } = options;
  const name = 'controlJointRisk';
  if (gap === undefined) checkLogits(cached, name);
  else checkLabelled(cached, name);
  checkProbability(delta, name, 'delta');
  const qualities = [
    { loss: 'consistency' as const, risk: consistency },
    { loss: 'gap' as const, risk: gap },
  ].flatMap(({ loss, risk }) => {
    if (risk === undefined) return [];
    checkProbability(risk, name, loss);
    return [{ loss, risk }];
  });
  if (qualities.length === 0 && cost === undefined) {
    throw new ArgumentError({
      function: name,
      argument: 'consistency',
      rule: 'at least one of consistency, gap and cost is to be promised',
      received: 'none of them',
    });
  }
  if (cost !== undefined && options.costs === undefined) {
    throw new ArgumentError({
      function: name,
      argument: 'costs',
      rule: 'a limit on the cost needs them',
      received: 'none',
    });
  }
  const { samples, labels } = cached;
  const walk = walkPath(cached, options);
  const order = shuffledRows(samples, randomStream(seed));
  const share = qualities.length > 0 && cost !== undefined ? delta / 2 : delta;

  const tables = qualities.map(({ loss }) => exitLosses(walk.evaluations, loss, labels));
  const lossesAt = (quality: number, step: number): Losses => {
    const exits = walk.exitsAt(step);
    return Int8Array.from(order, (row) => tables[quality]![exits[row]!]![row]!);
  };
  const steps = walk.path.length;
  const all = Array.from({ length: steps }, (_, step) => step);
  const faithful =
    qualities.length === 0
      ? all
      : fallbackSequence(steps, 1, share, (step, level) =>
          qualities.every(({ loss, risk }, i) =>
            rejectsRisk(defaultMethod(loss), lossesAt(i, step), risk, level, share),
          ),
        );
  const costs =
    cost === undefined || options.costs === undefined ? null : costTable(cached, cost, options.costs, name);
  const costsAt = (step: number): Float64Array => {
    const exits = walk.exitsAt(step);
    return Float64Array.from(order, (row) => costs!.shares[exits[row]!]!);
  };
  const cheap =
    costs === null
      ? all
      : fallbackSequence(steps, 1, share, (back, level) =>
          rejectsRisk('ucb', costsAt(steps - 1 - back), costs.most, level, share),
        ).map((back) => steps - 1 - back);

  const kept = new Set(cheap);
  const step = faithful.findLast((index) => kept.has(index)) ?? -1;
  const measured: [string, number][] =
    step < 0
      ? []
      : [
          ...qualities.map(({ loss }, i): [string, number] => [loss, meanOf(lossesAt(i, step))]),
          ...(costs === null ? [] : [['cost', meanOf(costsAt(step)) * costs.unit] as [string, number]]),
        ];
  return {
    thresholds: walk.path[step] ?? null,
    step,
    empirical: Object.fromEntries(measured),
    promise: describe(options, delta, samples, step < 0),
  };
}

/** Costs as shares of the most expensive exit's, because bets need values between 0 and 1. */
function costTable(
  cached: CachedLogits,
  cost: number,
  { exitMacs, staticMacs }: ExitCosts,
  name: string,
): { shares: number[]; most: number; unit: number } {
  checkExitMacs(exitMacs, cached.exits.length, name);
  if (!(cost > 0 && staticMacs > 0)) {
    throw new ArgumentError({
      function: name,
      argument: 'cost',
      rule: 'a positive share of staticMacs, the plain network’s cost, which is positive',
      received: `${cost} of ${staticMacs}`,
    });
  }
  const dearest = exitMacs.at(-1)!;
  return {
    shares: exitMacs.map((macs) => macs / dearest),
    most: (cost * staticMacs) / dearest,
    unit: dearest / staticMacs,
  };
}

function describe(
  { consistency, gap, cost }: JointRiskOptions,
  delta: number,
  samples: number,
  keepsNone: boolean,
): string {
  const parts = [
    ...(consistency === undefined
      ? []
      : [`at most ${asPercent(consistency)} of the answers differ from the final exit's`]),
    ...(gap === undefined
      ? []
      : [`accuracy is at most ${shortNumber(100 * gap)} percentage points below the final exit's`]),
    ...(cost === undefined ? [] : [`the average cost is at most ${asPercent(cost)} of the plain network's`]),
  ];
  const what = parts.join(' and ');
  if (keepsNone) return `No thresholds could be accepted of which it can be promised that ${what}`;
  return `With a probability of at least ${asPercent(1 - delta)} over the draw of the ${samples} calibration samples, ${what}`;
}
