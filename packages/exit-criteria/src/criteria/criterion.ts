import type { Threshold } from '../policy/threshold';
import type { CriterionState } from './criterion-state';
import type { LeavingRule } from './leaving-rule';
import type { ScoreScale } from './score-scale';

/** The name of a criterion: one of these, or one that `registerCriterion` was given. */
export type CriterionName =
  | 'entropy'
  | 'normalized-entropy'
  | 'max-probability'
  | 'margin'
  | 'energy'
  | 'patience'
  | 'unique-above'
  | 'ensemble'
  | 'cross-entropy-oracle'
  // Keeps the names above in the suggestions of an editor.
  | (string & Record<never, never>);

/** The logits of one exit for a batch of samples. */
export interface LogitsBatch {
  /** `[batch, classes]`, row-major. */
  readonly logits: Float32Array | Float64Array;
  /** The number of classes, that is, the length of a row. */
  readonly classes: number;
  /** Divides the logits before the softmax; 1 unless given. Criteria that use no probabilities ignore it. */
  readonly temperature?: number;
  /** `[batch]`, the true classes; only used by criteria that need labels. */
  readonly labels?: Int32Array;
}

/** A criterion's evaluation of one exit's logits. */
export interface CriterionEvaluation {
  /** `[batch]`; NaN where the logits are meaningless (a NaN among them, or all of them −Infinity). */
  readonly scores: Float64Array;
  /** `[batch]`, the second largest raw output; `null` unless the rule needs it. */
  readonly runnerUps: Float64Array | null;
  /** `[batch]`, the answer of a sample that leaves here. */
  readonly classes: Int32Array;
  /** `[batch, classes]`, what `classes` is the argmax of; see `answersWith`. */
  readonly ranking: Float32Array | Float64Array;
  /** What the next exit's evaluation needs, in the same row order; `null` for criteria without memory. */
  readonly state: CriterionState | null;
}

/** A rule that turns the logits of an exit into a score, and a score into a decision. */
export interface ExitCriterion {
  readonly name: CriterionName;
  /** One sentence for people. */
  readonly description: string;
  /** When a sample leaves. */
  readonly rule: LeavingRule;
  /** Whether low or high scores mean leaving; follows from the rule. */
  readonly surerIs: 'lower' | 'higher';
  /** Whether it looks at the true classes, and so is for evaluation only. */
  readonly needsLabels: boolean;
  /** Whether the temperature changes the score. */
  readonly usesTemperature: boolean;
  /** The scale of its scores; `null` if that depends on the network. */
  readonly scale: ScoreScale | null;
  /**
   * What an early exit answers with (`ranking`): its own logits; the mean of the log-probabilities of the exits so far;
   * or other log-probabilities. The latter two already include the temperatures. The final exit answers with its own
   * logits under every criterion.
   */
  readonly answersWith: 'logits' | 'mean-log-probabilities' | 'log-probabilities';
  /**
   * Scores one exit's logits, row by row; a row's result depends on that row alone.
   *
   * @param previous The state that the previous exit returned, in the same row order; `null` at the first exit.
   * @throws ArgumentError if shapes do not fit, the temperature is not positive, or labels are missing.
   */
  readonly evaluate: (batch: LogitsBatch, previous: CriterionState | null) => CriterionEvaluation;
  /** Whether sample `row` leaves at `threshold`. A NaN score never leaves, except through `'always'`. */
  readonly leaves: (evaluation: CriterionEvaluation, row: number, threshold: Threshold) => boolean;
}

/** The definition of a criterion; everything else follows from it. */
export interface CriterionDefinition extends Pick<
  ExitCriterion,
  'name' | 'description' | 'rule' | 'evaluate'
> {
  /** `false` unless given. */
  readonly needsLabels?: boolean;
  /** `true` unless given. */
  readonly usesTemperature?: boolean;
  /** `null` unless given: a promise then derives its thresholds from other samples. */
  readonly scale?: ScoreScale | null;
  /** `'logits'` unless given. */
  readonly answersWith?: ExitCriterion['answersWith'];
}
