import type { EpochMetrics } from '../epoch/epoch-metrics';

/** What `train` tells while it runs. All but `progress` are written to `events.jsonl`, with the time. */
export type TrainingEvent =
  | {
      readonly type: 'start';
      readonly step: 0;
      readonly epochs: number;
      readonly stepsPerEpoch: number;
      readonly samples: number;
      /** How many numbers the first phase trains. */
      readonly parameters: number;
    }
  | {
      readonly type: 'resume';
      /** Steps that were done before, and are not done again. */
      readonly step: number;
      /** Epochs that were completed before. */
      readonly epoch: number;
      /** Batches of the next epoch that were done before. */
      readonly batch: number;
      /** The folder it was read from. */
      readonly checkpoint: string;
    }
  | TrainingProgress
  | ({ readonly type: 'epoch' } & EpochMetrics)
  | { readonly type: 'checkpoint'; readonly step: number; readonly path: string }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'interrupt'; readonly step: number; readonly checkpoint: string | null }
  | {
      readonly type: 'end';
      readonly reason: 'completed' | 'early-stopping' | 'already-finished';
      readonly step: number;
      readonly bestEpoch: number | null;
      /** Since this call began. */
      readonly seconds: number;
    }
  | { readonly type: 'fail'; readonly step: number; readonly error: string };

/** Where the training is, after every step. */
export interface TrainingProgress {
  readonly type: 'progress';
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of all epochs so far. */
  readonly step: number;
  /** Steps of this epoch so far. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  /** Mean over this epoch so far: Σ weight × loss. */
  readonly loss: number;
  /** Over this epoch so far, for each exit; null for one that is not computed in this phase. */
  readonly accuracy: readonly (number | null)[];
  readonly imagesPerSecond: number;
  /** The step just done, by itself. */
  readonly latest: StepMetrics;
  /** Until the last epoch's end, at this epoch's pace; validation not counted. */
  readonly secondsLeft: number;
}

/** The results of one step; accuracies are fractions from 0 to 1, one entry per exit, the final one last. */
export interface StepMetrics {
  /** Samples of the batch. */
  readonly samples: number;
  /** Samples that the phase trained on: the batch, without those that a cascade's earlier exits have answered. */
  readonly counted: number;
  /** Σ weight × loss, the mean over the counted samples; 0 if there was none. */
  readonly loss: number;
  /** Null for an exit that is not computed in this phase. */
  readonly losses: readonly (number | null)[];
  /** Null as above. */
  readonly accuracy: readonly (number | null)[];
  readonly seconds: number;
  /** Seconds of these in which the input held the step back. */
  readonly waitSeconds: number;
}
