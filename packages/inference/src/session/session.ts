import type { CriterionName, FittedOn, Threshold, ThresholdJson } from '@earlyexit/exit-criteria';
import type { Preprocessing } from '../preprocess';

/** Images to classify, one after another in `[image, height, width, channel]` order. */
export interface ImageBatch {
  /**
   * `Float32Array`: inputs of the network, already preprocessed. `Uint8Array` (a `Buffer` too): raw bytes of the
   * network's own height, width and channels, which the session preprocesses as the network's metadata says. The data
   * are not copied: do not change them until the run has ended.
   */
  readonly data: Float32Array | Uint8Array;
  /** The number of images; 0 is allowed. */
  readonly count: number;
}

/** Options of a run. What is left out comes from the policy that calibration stored in the network. */
export interface RunOptions {
  /** Unless given, the stored policy's, or else `max-probability`. */
  readonly criterion?: CriterionName;
  /** One per early exit; unless given, the stored policy's. A network without early exits needs none. */
  readonly thresholds?: readonly Threshold[];
  /** One per exit, the final one included; unless given, the stored policy's, or else 1. */
  readonly temperatures?: readonly number[];
  /**
   * The most multiply-accumulates that an image may cost, every head on its way included: the last exit within it
   * answers whatever is left. No cap unless given.
   */
  readonly maxMacs?: number;
  /** The most images that are computed together; 64 unless given. */
  readonly batchSize?: number;
  /** Ends the run between two stages: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The answers of a run, in the order of the images. */
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

/** What a session knows about its network. */
export interface SessionMetadata {
  readonly name: string;
  /** Class names, by class index. */
  readonly classes: readonly string[];
  /** How bytes become inputs; null if the network does not say. */
  readonly preprocessing: Preprocessing | null;
  /** K early exits and the final one, with the cumulative cost of leaving there. */
  readonly exits: readonly { readonly name: string; readonly macs: number }[];
  /** The stored policy; null if the network was not calibrated. */
  readonly policy: {
    readonly criterion: CriterionName;
    readonly thresholds: readonly ThresholdJson[];
    readonly temperatures?: readonly number[];
  } | null;
  /** What was fitted on which samples; left out if nothing is recorded. */
  readonly fittedOn?: readonly FittedOn[] | undefined;
}

/**
 * A network ready to answer, on any engine. Samples leave at the first exit that is sure enough; the rest of the
 * network is computed only for the others, and not at all if none are left.
 */
export interface Session {
  readonly metadata: SessionMetadata;
  /**
   * Classifies images.
   *
   * @throws ArgumentError if the options do not fit the network, or thresholds are missing, or the data do not have the
   * network's input shape. DataError if an image, or the logits computed from it, hold NaN or infinite values. The
   * signal's reason if it is aborted.
   */
  run(images: ImageBatch, options?: RunOptions): Promise<Answers>;
  /** Frees what the session allocated. Running calls finish first; a later `run` throws. */
  dispose(): void;
}
