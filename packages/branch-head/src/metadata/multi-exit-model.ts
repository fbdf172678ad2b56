import type { FittedOn, PolicyMetadata } from '@earlyexit/exit-criteria';
import type { tfl } from '../tf';

/** How an image becomes the network's input: `(byte / 255 - mean) / standardDeviation`, per channel. */
export interface Preprocessing {
  /** `[height, width, channels]`. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** `[channels]`, on pixels scaled to 0..1. */
  readonly mean: readonly number[];
  /** `[channels]`, on pixels scaled to 0..1. */
  readonly standardDeviation: readonly number[];
  /**
   * Whether the training images have light or dark ink; null if they are not of ink, and nothing is ever inverted.
   * Older models do not say.
   */
  readonly polarity?: Polarity | null | undefined;
  /**
   * The length in pixels to which the shorter side of an image is resized before the centre crop to `inputShape`;
   * unless given, round(side · 256 / 224) from 128 pixels up, otherwise the side itself.
   */
  readonly shorterSide?: number | undefined;
}

/** Whether images have light or dark ink: white digits on black are `light-on-dark`. */
export type Polarity = 'light-on-dark' | 'dark-on-light';

/** The data that a network was trained on, as far as its run recorded them. */
export interface DataMetadata {
  /** The name of the data set. */
  readonly dataset: string;
  /** Decides which samples go into which split. */
  readonly seed: number;
  /** The number of samples in each split, by its name. */
  readonly sizes: Readonly<Record<string, number>>;
  /** A hash of the content of each split's samples, by its name. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

/** One exit and what it costs; multiply-accumulates are for one sample. */
export interface ExitMetadata {
  readonly name: string;
  /** The backbone layer whose output the head reads; `null` for the final exit. */
  readonly attachedAfter: string | null;
  /** The head's registered name, `'custom'`, or `null` for the final exit. */
  readonly head: string | null;
  /** The whole cost of leaving here: the backbone so far and every head on the way. */
  readonly macs: number;
  /** The backbone's share of `macs`. */
  readonly backboneMacs: number;
  /** The cost of this exit's own head; 0 for the final exit, whose classifier belongs to the backbone. */
  readonly headMacs: number;
}

/** What is known about a multi-exit network besides its layers and weights, as plain JSON. */
export interface MultiExitMetadata {
  readonly format: 'earlyexit';
  readonly formatVersion: 1;
  readonly name: string;
  /** The names of the classes, in the order of the logits. */
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing | null;
  /** K early exits and the final one, which is last and is called `final`. */
  readonly exits: readonly ExitMetadata[];
  /** The plain network's multiply-accumulates, without heads. */
  readonly staticMacs: number;
  /** K + 1 loss weights for training unless others are given, or `null`. */
  readonly lossWeights: readonly number[] | null;
  readonly policy: PolicyMetadata | null;
  /** Left out, or null, if nothing is recorded. */
  readonly data?: DataMetadata | null | undefined;
  /** What was fitted on which samples; left out if nothing is recorded. */
  readonly fittedOn?: readonly FittedOn[] | undefined;
}

/** An ordinary LayersModel with K early outputs and the final one, all logits, and what is known about it. */
export interface MultiExitModel {
  /** Outputs: K early logits, then the final logits, each `[batch, classes]`. */
  readonly model: tfl.LayersModel;
  readonly metadata: MultiExitMetadata;
}

/** The version of the metadata that this package writes and reads. */
export const FORMAT_VERSION = 1;

/** The name of the last exit. */
export const FINAL_EXIT_NAME = 'final';
