import { ArgumentError } from '@earlyexit/core';
import {
  type CriterionName,
  type Threshold,
  thresholdToJson,
  validatePolicy,
} from '@earlyexit/exit-criteria';
import { backbonePhase, shareOfEpochs } from './backbone-phase';
import type { Regime } from './regime';
import type { TrainingObjective } from './training-objective';
import { requireEarlyExits } from './require-early-exits';

/** Settings of {@link cascade}. */
export interface CascadeOptions {
  /** Share of the epochs that goes to the backbone first; 0.5 unless given, 0 for a backbone that is already trained. */
  readonly backboneShare?: number;
  /** What decides which samples an exit passes on; `unique-above` unless given, as in the paper. */
  readonly criterion?: CriterionName;
  /** One for each early exit; 0.5 each unless given, halfway between the targets 0 and 1. Needed with another criterion. */
  readonly thresholds?: readonly Threshold[];
  /**
   * Whether the first epochs train everything jointly, by the objective of the heads and the run's loss weights, instead of
   * the backbone alone: the "integrated" training of the paper's journal version. The heads then go on as usual, each on
   * what is passed on. False unless given; needs a `backboneShare` above 0.
   */
  readonly integrated?: boolean;
  /**
   * What the heads minimise; unless given, `squared-error` with `unique-above`, `cross-entropy` with other criteria.
   */
  readonly objective?: TrainingObjective;
}

/**
 * Conditional Deep Learning (Panda, Sengupta & Roy 2016): the backbone first; then, on the frozen backbone, the heads
 * one after the other, each on the samples alone that no head before it answers.
 *
 * The heads learn the targets 0 and 1 by least mean squares, so that an output above a half says "this class", and a
 * head answers when exactly one output does. Every sample that is passed on counts the same, however many are in its
 * batch. Needs one epoch for each early exit, and one for the backbone unless that has no share.
 *
 * @throws ArgumentError for settings out of their range, or another criterion without thresholds
 */
export function cascade(options: CascadeOptions = {}): Regime {
  const { backboneShare = 0.5, criterion = 'unique-above', thresholds, integrated = false } = options;
  const { objective = criterion === 'unique-above' ? 'squared-error' : 'cross-entropy' } = options;
  if (!(backboneShare >= 0 && backboneShare < 1)) {
    throw new ArgumentError({
      function: 'cascade',
      argument: 'backboneShare',
      rule: 'must be a share from 0 up to, but not including, 1',
      received: String(backboneShare),
    });
  }
  if (integrated && backboneShare === 0) {
    throw new ArgumentError({
      function: 'cascade',
      argument: 'integrated',
      rule: 'needs epochs of its own: a backboneShare above 0',
      received: 'a backboneShare of 0',
    });
  }
  if (thresholds === undefined && criterion !== 'unique-above') {
    throw new ArgumentError({
      function: 'cascade',
      argument: 'thresholds',
      rule: `must be given with the criterion ${criterion}: they decide which samples a head passes on`,
      received: 'none',
      remedy: 'Give one for each early exit, or leave the criterion out',
    });
  }
  return {
    name: 'cascade',
    settings: {
      backboneShare,
      criterion,
      thresholds: thresholds?.map(thresholdToJson) ?? null,
      objective,
      ...(integrated ? { integrated } : {}),
    },
    phases({ epochs, earlyExits, lossWeights }) {
      requireEarlyExits('cascade', earlyExits);
      const all = thresholds ?? new Array<Threshold>(earlyExits).fill(0.5);
      validatePolicy({ criterion, thresholds: all }, earlyExits);
      const fewest = earlyExits + (backboneShare > 0 ? 1 : 0);
      if (epochs < fewest) {
        throw new ArgumentError({
          function: 'train',
          argument: 'epochs',
          rule: `needs at least ${String(fewest)} epochs: one for ${backboneShare > 0 ? 'the backbone, and one for ' : ''}each of the ${String(earlyExits)} early exits`,
          received: String(epochs),
        });
      }
      const backboneEpochs = backboneShare === 0 ? 0 : shareOfEpochs(epochs, backboneShare, earlyExits);
      const headEpochs = epochs - backboneEpochs;
      const weightOf = (exit: number): number[] =>
        Array.from({ length: earlyExits + 1 }, (_, index) => (index === exit ? 1 : 0));
      const backbone = integrated
        ? ({
            name: 'integrated',
            epochs: backboneEpochs,
            trains: 'everything',
            exits: 'all',
            lossWeights,
            distillation: null,
            objective,
          } as const)
        : backbonePhase(backboneEpochs, earlyExits);
      const heads = Array.from({ length: earlyExits }, (_, exit) => ({
        name: `head ${String(exit)}`,
        // What does not go up evenly is given to the first heads, which see the most samples.
        epochs: Math.floor(headEpochs / earlyExits) + (exit < headEpochs % earlyExits ? 1 : 0),
        trains: { head: exit },
        exits: { exit },
        lossWeights: () => weightOf(exit),
        distillation: null,
        objective,
        passedOnBy: exit === 0 ? null : { criterion, thresholds: all.slice(0, exit) },
      }));
      return backboneEpochs === 0 ? heads : [backbone, ...heads];
    },
  };
}
