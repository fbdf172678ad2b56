import type { GraphBuilder } from '../graph/graph-builder';

/** What a criterion is written for: one exit. */
export interface ExitInGraph {
  readonly graph: GraphBuilder;
  /** `[batch, classes]` */
  readonly logits: string;
  readonly classes: number;
  readonly temperature: number;
  /** 0 for the first exit. */
  readonly exit: number;
  /** What the exit before left behind, in the order in which it did; empty at the first exit. */
  readonly state: readonly StateValue[];
}

/** A column that travels with the samples: `[batch, …]`. */
export interface StateValue {
  readonly name: string;
  /** Without the batch axis. */
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int64';
}

/** What a criterion makes of one exit. */
export interface ScoredExit {
  /** `[batch]` float32; NaN where a logit is not finite. */
  readonly score: string;
  /** `[batch]` float32, the second largest output; only where the rule looks at it. */
  readonly runnerUp: string | null;
  /** `[batch, classes]`, what a sample that leaves here answers with: its argmax is the class. */
  readonly answer: string;
  readonly state: readonly StateValue[];
}

/** A criterion's score as operators of ONNX, in float32; who leaves follows from the criterion's rule. */
export type CriterionGraph = (exit: ExitInGraph) => ScoredExit;
