import type { CriterionName, FittedOn, Threshold, ThresholdJson } from '@earlyexit/exit-criteria';
import type { Preprocessing } from '../preprocess';

/** Images to classify, one after the other in `[image, height, width, channel]` order. */
export interface ImageBatch {
  /**
   * `Float32Array`: inputs of the network, already preprocessed. `Uint8Array` (a `Buffer` too): raw bytes of the
   * network's own height, width and channels, which the session preprocesses as the network's metadata says. It is not
   * copied: leave it as it is until the run has ended.
   */
  readonly data: Float32Array | Uint8Array;
  /** How many images there are; 0 is allowed. */
  readonly count: number;
}

/** How to run a batch. What is left out comes from the policy that calibration stored in the network. */
export interface RunOptions {
  /** Default: the stored policy's, else `max-probability`. */
  readonly criterion?: CriterionName;
  /** One an early exit. Default: the stored policy's; a network without early exits needs none. */
  readonly thresholds?: readonly Threshold[];
  /** One an exit, the final one included. Default: the stored policy's, else 1. */
  readonly temperatures?: readonly number[];
  /**
   * The most multiply-accumulates that an image may cost, every head on its way included: the last exit within it answers
   * whatever is left. Default: no cap.
   */
  readonly maxMacs?: number;
  /** The most images that are computed together. Default: 64. */
  readonly batchSize?: number;
  /** Ends the run between two stages, by an exception: the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a run answers, in the order of the images. */
export interface Answers {
  readonly count: number;
  /** `[count]`, the class of each image. */
  readonly classes: Int32Array;
  /** `[count]`, the exit that answered, from 0 to K, where K is the final exit. */
  readonly exits: Int32Array;
  /** `[count]`, the criterion's score at that exit. */
  readonly scores: Float64Array;
  /** `[count]`, the softmax of that exit's logits, divided by its temperature, at the class answered. */
  readonly probabilities: Float64Array;
  /** `[count, classes]`, the logits of that exit. */
  readonly logits: Float32Array;
  /** `[count]`, multiply-accumulates spent on each image, every head on its way included. */
  readonly macs: Float64Array;
}

/** What a session knows of its network. */
export interface SessionMetadata {
  readonly name: string;
  /** Class names, by class index. */
  readonly classes: readonly string[];
  /** How bytes become inputs; null where the network does not say. */
  readonly preprocessing: Preprocessing | null;
  /** K early exits and the final one, with the cumulative cost of leaving there. */
  readonly exits: readonly { readonly name: string; readonly macs: number }[];
  /** The stored policy; null where the network was not calibrated. */
  readonly policy: {
    readonly criterion: CriterionName;
    readonly thresholds: readonly ThresholdJson[];
    readonly temperatures?: readonly number[];
  } | null;
  /** What was fitted on which samples; left out where nothing is recorded. */
  readonly fittedOn?: readonly FittedOn[] | undefined;
}

/**
 * A network ready to answer, whatever computes it. Samples leave at the first exit that is sure enough; the rest of
 * the network is computed for the others only, and not at all if none is left.
 */
export interface Session {
  readonly metadata: SessionMetadata;
  /**
   * Classifies images.
   *
   * @throws ArgumentError if the options do not fit the network, or thresholds are missing, or the data is not of
   * the network's input shape. DataError if an image, or what the network makes of it, holds NaN or
   * infinite values. The signal's reason if it is
   * aborted.
   */
  run(images: ImageBatch, options?: RunOptions): Promise<Answers>;
  /** Frees what the session made. A session that is running finishes first; a later `run` throws. */
  dispose(): void;
}
