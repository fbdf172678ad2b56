import { ArgumentError, DataError, randomStream, shuffledRows } from '@earlyexit/core';
import { type CachedLogits, type Threshold } from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits, checkProbability } from '../checks';
import { selectSamples } from '../samples/select-samples';
import { type ControlledRisk, controlRisk, type RiskOptions } from './control-risk';
import { describePromise } from './describe-promise';
import { exitLosses } from './exit-losses';
import { fallbackSequence } from './fallback-sequence';
import { meanOf, rejectsRisk } from './loss-test';
import { neededSamples } from './needed-samples';
import { defaultMethod } from './risk-method';
import { walkPath } from './walk-path';

/** Options of promises that hold in every group of samples. */
export interface GroupRiskOptions extends Omit<RiskOptions, 'method' | 'starts'> {
  readonly method?: 'ucb' | 'ltt';
  /** `[samples]`, the group of each, from 0 on: its true class, its camera, its country. */
  readonly groups: ArrayLike<number>;
}

/** The findings on a group's samples. */
export interface GroupFinding {
  readonly group: number;
  readonly samples: number;
  readonly empiricalRisk: number;
}

/** Thresholds that keep a promise in the worst group. */
export interface WorstGroupRisk {
  /** One per early exit; all `'never'` if no step of the path could be accepted. */
  readonly thresholds: readonly Threshold[];
  /** Which step of the path that is; −1 if none. */
  readonly step: number;
  readonly groups: readonly GroupFinding[];
  readonly promise: string;
}

/**
 * The most lenient thresholds on a path, the same for all groups, with the promise that leaving early loses no more
 * than `risk` on average in any group; with the true classes as groups, in any class. A step is accepted if it is
 * accepted in every group at δ; δ need not be shared out (intersection–union test; Berger, 1982).
 *
 * @throws ArgumentError for numbers out of range or groups that do not fit; DataError if a group has too few samples to
 * promise anything, saying which.
 */
export function controlWorstGroup(cached: CachedLogits, options: GroupRiskOptions): WorstGroupRisk {
  const { loss = 'consistency', method = defaultMethod(loss), risk, delta = 0.1, seed = 0 } = options;
  const name = 'controlWorstGroup';
  if (loss === 'gap') checkLabelled(cached, name);
  else checkLogits(cached, name);
  checkProbability(risk, name, 'risk');
  checkProbability(delta, name, 'delta');
  const members = membersOf(options.groups, cached.samples, name, randomStream(seed));
  const needed = neededSamples(method, risk, delta);
  const small = [...members].find(([, rows]) => rows.length < needed);
  if (small !== undefined) {
    throw new DataError({
      where: name,
      rule: `a promise of at most ${risk} by ${method} in every group needs at least ${needed} samples of each`,
      received: `${small[1].length} of group ${small[0]}`,
      remedy: 'Take a larger part of the calibration split, join groups, or allow more risk',
    });
  }
  const walk = walkPath(cached, options);
  const losses = exitLosses(walk.evaluations, loss, cached.labels);
  const lossesOf = (rows: Int32Array, exits: Int8Array): Int8Array =>
    Int8Array.from(rows, (row) => losses[exits[row]!]![row]!);
  const step =
    fallbackSequence(walk.path.length, 1, delta, (index, level) => {
      const exits = walk.exitsAt(index);
      return [...members.values()].every((rows) =>
        rejectsRisk(method, lossesOf(rows, exits), risk, level, delta),
      );
    }).at(-1) ?? -1;
  const exits = step < 0 ? null : walk.exitsAt(step);
  const about = { method, loss, risk, delta, samples: cached.samples, acceptsNone: step < 0 };
  return {
    thresholds: walk.path[step] ?? Array<Threshold>(cached.exits.length - 1).fill('never'),
    step,
    groups: [...members].map(([group, rows]) => ({
      group,
      samples: rows.length,
      empiricalRisk: exits === null ? 0 : meanOf(lossesOf(rows, exits)),
    })),
    promise: `${describePromise(about)}, in each of ${members.size} groups`,
  };
}

/** The promise of one group. */
export type GroupPromise = ControlledRisk & { readonly group: number; readonly samples: number };

/**
 * Separate thresholds for each group (Mondrian conformal prediction; Vovk, Lindsay, Nouretdinov and Gammerman, 2003):
 * each promise holds within its group with probability 1 − δ. A sample's group has to be known before it is answered.
 * For the true class, which is not known, use `controlWorstGroup`.
 *
 * @param options.simultaneous Whether all groups' promises are to hold together with probability 1 − δ; each is then
 * made at δ over the number of groups. Off unless given.
 * @throws ArgumentError and DataError as `controlRisk`.
 */
export function controlRiskByGroup(
  cached: CachedLogits,
  options: GroupRiskOptions & { readonly simultaneous?: boolean },
): GroupPromise[] {
  const { groups, simultaneous = false, delta = 0.1, ...rest } = options;
  const members = membersOf(groups, cached.samples, 'controlRiskByGroup', null);
  const share = simultaneous ? delta / members.size : delta;
  return [...members].map(([group, rows]) => ({
    group,
    samples: rows.length,
    ...controlRisk(selectSamples(cached, rows), { ...rest, delta: share }),
  }));
}

/** The samples of each group, in the order of the groups; shuffled if a random source is given. */
function membersOf(
  groups: ArrayLike<number>,
  samples: number,
  name: string,
  random: (() => number) | null,
): Map<number, Int32Array> {
  const rows = new Map<number, number[]>();
  const isGroup = (value: number): boolean => Number.isInteger(value) && value >= 0;
  const bad = Array.from(groups).find((group) => !isGroup(group));
  if (groups.length !== samples || bad !== undefined) {
    throw new ArgumentError({
      function: name,
      argument: 'groups',
      rule: `every one of the ${samples} samples has a group, a whole number from 0 on`,
      received: bad === undefined ? `${groups.length} groups` : String(bad),
    });
  }
  const order =
    random === null ? Int32Array.from({ length: samples }, (_, row) => row) : shuffledRows(samples, random);
  for (const row of order) {
    const group = groups[row]!;
    const own = rows.get(group);
    if (own === undefined) rows.set(group, [row]);
    else own.push(row);
  }
  return new Map([...rows].sort(([a], [b]) => a - b).map(([group, own]) => [group, Int32Array.from(own)]));
}
