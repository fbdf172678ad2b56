import { ArgumentError } from '@earlyexit/core';
import {
  type CriterionEvaluation,
  type CriterionName,
  getCriterion,
  type Threshold,
} from '@earlyexit/exit-criteria';

/**
 * Thresholds from letting (almost) no sample leave to letting all leave; each step has one threshold per early exit.
 */
export type ThresholdPath = readonly (readonly Threshold[])[];

const DEFAULT_STEPS = 200;
// How close to certainty the first step is: 1 in 100,000.
const STRICTEST = 1e-5;

/**
 * One threshold shared by all early exits, from strict to lenient, in steps that are finest where a network is sure. It
 * depends on no data, as a promise requires: thresholds derived from the samples that the promise is made on would void
 * it.
 *
 * Criteria without a scale (`energy`, `unique-above`) need a path derived from other samples (`fittedPath`); the oracle
 * cannot be deployed at all.
 *
 * @param steps 200 unless given; scores that are counts (`patience`) have one step per count.
 * @throws ArgumentError for a criterion without a scale, or one that needs labels
 */
export function sharedThresholdPath(
  criterion: CriterionName,
  { classes, earlyExits, steps = DEFAULT_STEPS }: { classes: number; earlyExits: number; steps?: number },
): ThresholdPath {
  const { scale, needsLabels } = getCriterion(criterion);
  if (scale === null || needsLabels) {
    throw new ArgumentError({
      function: 'sharedThresholdPath',
      argument: 'criterion',
      rule: 'the criterion has a scale that is known beforehand and needs no labels',
      received: criterion,
      remedy: 'Give a path of thresholds read off other samples than those the promise is made on',
    });
  }
  const rows =
    scale.kind === 'count'
      ? Array.from({ length: earlyExits }, (_, i) => earlyExits - i)
      : doubtSteps(steps).map((doubt) => scale.thresholdAt(doubt, classes));
  return rows.map((threshold) => Array<number>(earlyExits).fill(threshold));
}

/** How much doubt the steps of a path allow: from 0.00001 to 1, each step the same factor. */
export function doubtSteps(steps = DEFAULT_STEPS): number[] {
  return Array.from({ length: steps }, (_, i) => STRICTEST ** (1 - i / Math.max(1, steps - 1)));
}

/**
 * The threshold that allows a doubt between 0 (certain) and 1 (anything). For a criterion without a scale, doubt is the
 * share of samples that are surer.
 *
 * @param evaluations Evaluations of the samples that the shares refer to.
 */
export function thresholdOfDoubt(
  criterion: CriterionName,
  classes: number,
  evaluations: readonly CriterionEvaluation[] = [],
): (exit: number, doubt: number) => Threshold {
  const { scale, surerIs } = getCriterion(criterion);
  if (scale?.kind === 'doubt') return (_, doubt) => scale.thresholdAt(doubt, classes);
  const surestFirst = evaluations.map(({ scores }) => {
    const sorted = scores.slice().sort();
    return surerIs === 'higher' ? sorted.reverse() : sorted;
  });
  return (exit, doubt) => {
    const sorted = surestFirst[exit]!;
    return sorted[Math.min(sorted.length - 1, Math.floor(doubt * sorted.length))]!;
  };
}
