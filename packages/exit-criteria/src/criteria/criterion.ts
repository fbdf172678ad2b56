import type { CriterionState } from './criterion-state';
import type { Threshold } from '../policy/threshold';

/** The names under which the criteria are registered. */
export type CriterionName =
  | 'entropy'
  | 'normalized-entropy'
  | 'max-probability'
  | 'margin'
  | 'energy'
  | 'patience'
  | 'unique-above'
  | 'ensemble'
  | 'cross-entropy-oracle';

/** What one exit says about a batch of samples. */
export interface LogitsBatch {
  /** `[batch, classes]`, row-major. */
  readonly logits: Float32Array | Float64Array;
  /** How many classes, that is the length of a row. */
  readonly classes: number;
  /** Divides the logits before the softmax; 1 unless given. Criteria that use no probability ignore it. */
  readonly temperature?: number;
  /** `[batch]`, the true classes; only the oracle looks at them. */
  readonly labels?: Int32Array;
}

/** What a criterion makes of one exit's logits. */
export interface CriterionEvaluation {
  /** `[batch]`; NaN where the logits say nothing (a NaN among them, or all of them −Infinity). */
  readonly scores: Float64Array;
  /** `[batch]`, the second largest raw output; only `unique-above` needs it, `null` elsewhere. */
  readonly runnerUps: Float64Array | null;
  /** `[batch]`, the answer of a sample that leaves here. */
  readonly classes: Int32Array;
  /** `[batch, classes]`, what `classes` is the argmax of: the logits, or the ensemble's log-probabilities. */
  readonly ranking: Float32Array | Float64Array;
  /** What the next exit's evaluation needs, in the same row order; `null` for criteria without memory. */
  readonly state: CriterionState | null;
}

/** A rule that turns the logits of an exit into a score, and a score into a decision. */
export interface ExitCriterion {
  readonly name: CriterionName;
  /** One sentence for people. */
  readonly description: string;
  /** When a sample leaves, as a formula: `score < threshold`. */
  readonly rule: string;
  /** Which scores speak for leaving. */
  readonly surerIs: 'lower' | 'higher';
  /** Whether it looks at the true classes, and so serves evaluation only. */
  readonly needsLabels: boolean;
  /** Whether the temperature changes the score. */
  readonly usesTemperature: boolean;
  /**
   * Scores one exit's logits, row by row; a row's result depends on that row alone.
   *
   * @param previous The state that the exit before returned, in the same row order; `null` at the first exit.
   * @throws ArgumentError if shapes do not fit, the temperature is not positive, or labels are missing.
   */
  readonly evaluate: (batch: LogitsBatch, previous: CriterionState | null) => CriterionEvaluation;
  /** Whether sample `row` leaves at `threshold`. A NaN score never leaves, except through `'always'`. */
  readonly leaves: (evaluation: CriterionEvaluation, row: number, threshold: Threshold) => boolean;
}
