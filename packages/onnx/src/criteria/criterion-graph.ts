import type { GraphBuilder } from '../graph/graph-builder';

/** The exit that a criterion is written for. */
export interface ExitInGraph {
  readonly graph: GraphBuilder;
  /** `[batch, classes]` */
  readonly logits: string;
  readonly classes: number;
  readonly temperature: number;
  /** 0 for the first exit. */
  readonly exit: number;
  /** The state that the previous exit returned, in its order; empty at the first exit. */
  readonly state: readonly StateValue[];
}

/** A column that travels with the samples: `[batch, …]`. */
export interface StateValue {
  readonly name: string;
  /** Without the batch axis. */
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int64';
}

/** What a criterion computes at one exit. */
export interface ScoredExit {
  /** `[batch]` float32; NaN where a logit is not finite. */
  readonly score: string;
  /** `[batch]` float32, the second largest output; only if the rule needs it. */
  readonly runnerUp: string | null;
  /** `[batch, classes]`, what a sample that leaves here answers with: its argmax is the class. */
  readonly answer: string;
  readonly state: readonly StateValue[];
}

/** A criterion's score as ONNX operators, in float32; the criterion's rule then decides which samples leave. */
export type CriterionGraph = (exit: ExitInGraph) => ScoredExit;
