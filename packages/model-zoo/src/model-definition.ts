import type { ExitSpecification } from '@earlyexit/branch-head';
import type { tfl } from './tf';

/** Height, width and channels of an input. */
export type InputShape = readonly [height: number, width: number, channels: number];

/** What a definition's `build` receives. */
export interface BackboneOptions {
  /** The name of the network, for the `LayersModel`. */
  readonly name: string;
  /** Number of classes, 2 or more. */
  readonly classes: number;
  readonly inputShape: InputShape;
  /** Seeds every initialiser; the same seed gives the same weights. */
  readonly seed: number;
}

/** A network of the registry, as the lists show it. */
export interface ModelEntry {
  /** Unique name, such as `resnet20_cifar_earlyexit`. */
  readonly name: string;
  /** The group it belongs to: `lenet`, `resnet-cifar`, `test`, … */
  readonly family: string;
  /** One sentence. */
  readonly description: string;
  /** Where it was published. */
  readonly paper: string;
  /** The registered name of the data set it is meant for; null if there is none. */
  readonly defaultDataset: string | null;
  /** The input shape it was published with. */
  readonly inputShape: InputShape;
  /** The number of classes it was published with. */
  readonly classes: number;
  /** Number of early exits: 0 for a plain network. */
  readonly exits: number;
  /**
   * The loss weights for training unless others are given, one per exit and the final one last; null for a plain
   * network.
   */
  readonly lossWeights: readonly number[] | null;
}

/** A network to register: its entry, its backbone, and where its exits attach. */
export interface ModelDefinition extends Omit<ModelEntry, 'exits'> {
  /** Early exits, first to last; empty for a plain network. */
  readonly exits: readonly ExitSpecification[];
  /** Builds the plain network with fresh weights. Its one output is the logits, `[batch, classes]`. */
  readonly build: (options: BackboneOptions) => tfl.LayersModel;
}
