import type { ExitMetadata, MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';

/** Loss weights of all K+1 exits at `progress` 0..1 of the training. */
export interface LossWeightSchedule {
  (progress: number): readonly number[];
  /** The settings, for the record of a run: plain JSON. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

// Three decimal fractions that are meant to add up to 1 may miss it by a few units in the last place.
const sumTolerance = 1e-9;

/**
 * The K+1 loss weights from those of the K early exits: the final exit weighs 1 − their sum.
 *
 * `exits` are the K+1 exits of the network, the final one last.
 *
 * @throws ArgumentError, with a list of the exits, if there is not one weight for each early exit, if one is
 *   negative or no number, or if their sum is 1 or more
 */
export function resolveLossWeights(
  earlyWeights: readonly number[],
  exits: readonly ExitMetadata[],
): number[] {
  const early = exits.slice(0, -1);
  const fail = (rule: string): never => {
    throw new ArgumentError({
      function: 'resolveLossWeights',
      argument: 'earlyWeights',
      rule,
      received: earlyWeights.length === 0 ? 'none' : earlyWeights.join(' '),
      remedy: `The early exits are: ${early.length === 0 ? 'none' : describeExits(early)}`,
    });
  };
  if (earlyWeights.length !== early.length) {
    fail(
      `there must be one weight for each early exit, ${early.length} in all; the final exit weighs 1 − their sum`,
    );
  }
  if (!earlyWeights.every((weight) => Number.isFinite(weight) && weight >= 0)) {
    fail('every weight must be a number from 0 up');
  }
  const sum = earlyWeights.reduce((total, weight) => total + weight, 0);
  if (sum >= 1 - sumTolerance && early.length > 0) {
    fail(
      `the weights must add up to less than 1, so that something is left for the final exit; they add up to ${sum}`,
    );
  }
  return [...earlyWeights, 1 - sum];
}

/** The K+1 loss weights where none are asked for: the network's own, else 1 / (K+1) each. */
export function defaultLossWeights({
  exits,
  lossWeights,
}: Pick<MultiExitMetadata, 'exits' | 'lossWeights'>): readonly number[] {
  return lossWeights ?? exits.map(() => 1 / exits.length);
}

/**
 * Checks K+1 loss weights: one for each exit, from 0 up, at least one above 0. Sums other than 1 are fine (BranchyNet
 * and SDN use them).
 *
 * @throws ArgumentError with a list of the exits
 */
export function checkLossWeights(weights: readonly number[], exits: readonly ExitMetadata[]): void {
  const right =
    weights.length === exits.length &&
    weights.every((weight) => Number.isFinite(weight) && weight >= 0) &&
    weights.some((weight) => weight > 0);
  if (right) return;
  throw new ArgumentError({
    function: 'train',
    argument: 'lossWeights',
    rule: `there must be one number from 0 up for each of the ${exits.length} exits, the final one last, not all of them 0`,
    received: weights.join(' '),
    remedy: `The exits are: ${describeExits(exits)}`,
  });
}

/**
 * Loss weights that go from `from` to `to` in a straight line over the training, as in SDN (Kaya et al. 2019), whose
 * early exits start at 0.01. Both have K+1 numbers.
 *
 * @throws ArgumentError if their lengths differ
 */
export function rampLossWeights(from: readonly number[], to: readonly number[]): LossWeightSchedule {
  if (from.length !== to.length) {
    throw new ArgumentError({
      function: 'rampLossWeights',
      argument: 'to',
      rule: 'both ends must have one weight for each exit',
      received: `${from.length} and ${to.length} weights`,
    });
  }
  const schedule = (progress: number): number[] =>
    from.map((start, index) => start + ((to[index] as number) - start) * progress);
  return Object.assign(schedule, { settings: { name: 'ramp', from: [...from], to: [...to] } });
}

function describeExits(exits: readonly ExitMetadata[]): string {
  return exits
    .map((exit) => (exit.attachedAfter === null ? exit.name : `${exit.name} (after ${exit.attachedAfter})`))
    .join(', ');
}
