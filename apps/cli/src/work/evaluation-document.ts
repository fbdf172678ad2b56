import type { CriterionName, ThresholdJson } from '@earlyexit/exit-criteria';

/** One exit's part of an evaluation; accuracies and shares are fractions from 0 to 1. */
export interface ExitEvaluation {
  readonly name: string;
  /** How many samples left here. */
  readonly taken: number;
  readonly share: number;
  /** Over the samples that left here; null if none did. */
  readonly top1: number | null;
  /** The true class among the five best; null with fewer than five classes. */
  readonly top5: number | null;
  /** Over all samples, as if every one had left here. */
  readonly top1All: number | null;
  readonly top5All: number | null;
  /** The whole cost of leaving here, in MACs a sample, every head on the way included. */
  readonly macs: number | null;
}

/** What `evaluate --json` prints. The names and meanings of its fields stay as they are. */
export interface EvaluationDocument {
  /** The network's name. */
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  readonly samples: number;
  /** What computed the logits. */
  readonly engine: string;
  readonly criterion: CriterionName;
  /** One an early exit; null where the exit is switched off. */
  readonly thresholds: readonly ThresholdJson[];
  /** One an exit, the final one last. */
  readonly temperatures: readonly number[];
  /** The final exit last. */
  readonly exits: readonly ExitEvaluation[];
  readonly top1: number | null;
  readonly top5: number | null;
  /** The same network without exits: the final exit's accuracy, the cost without any early head. */
  readonly static: {
    readonly top1: number | null;
    readonly top5: number | null;
    readonly macs: number | null;
  };
  /** Mean over the samples. */
  readonly averageMacs: number | null;
  /** static.macs / averageMacs. */
  readonly macsRatio: number | null;
  /** Of the probabilities of the answers given. */
  readonly expectedCalibrationError: number | null;
  /** Every sample leaves at the cheapest exit that is right, or at the cheapest one if none is. */
  readonly oracle: { readonly top1: number; readonly averageMacs: number } | null;
}
