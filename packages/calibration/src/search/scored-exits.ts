import {
  type CriterionEvaluation,
  type CriterionName,
  evaluateExits,
  getCriterion,
} from '@earlyexit/exit-criteria';
import type { LabelledLogits } from '../checks';

/** The evaluation of one exit: `[samples]` scores and answers, and the runner-ups for a two-sided rule. */
export type ScoredExit = Pick<CriterionEvaluation, 'scores' | 'runnerUps' | 'classes'>;

/** Scores that thresholds can be searched on, wherever they come from. */
export interface ScoredExits {
  /** One per exit, the final one last. */
  readonly evaluations: readonly ScoredExit[];
  /** `[samples]`, the true classes. */
  readonly labels: Int32Array;
  /** Whether low or high scores mean leaving. */
  readonly surerIs: 'lower' | 'higher';
}

/**
 * The scores that a criterion gives.
 *
 * @throws ArgumentError for parts that do not fit
 */
export function scoreExits(
  cached: LabelledLogits,
  criterion: CriterionName,
  temperatures: readonly number[] | undefined,
): ScoredExits {
  return {
    evaluations: evaluateExits(cached, criterion, temperatures),
    labels: cached.labels,
    surerIs: getCriterion(criterion).surerIs,
  };
}

/** The scores of some samples, in the order of `rows`. */
export function selectScored({ evaluations, labels, surerIs }: ScoredExits, rows: Int32Array): ScoredExits {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  return {
    evaluations: evaluations.map(({ scores, runnerUps, classes }) => ({
      scores: pick(scores),
      runnerUps: runnerUps && pick(runnerUps),
      classes: rows.map((row) => classes[row]!),
    })),
    labels: rows.map((row) => labels[row]!),
    surerIs,
  };
}
