import type { tfl } from '../tf';

/** What a head is given besides its features. */
export interface HeadContext {
  /** The number of logits, one per class. */
  readonly units: number;
  /** The prefix of the layer names: `${name}_dense`, … */
  readonly name: string;
  /** The network's seed; each layer derives its own from it with `layerSeed`. */
  readonly seed: number;
  /** How many features the classifier of the final exit reads; null or left out if it is no dense layer on a vector. */
  readonly finalFeatures?: number | null;
}

/** Builds the layers of an exit on `features` and returns the logits, `[batch, units]`, without a softmax. */
export type HeadBuilder = (features: tfl.SymbolicTensor, context: HeadContext) => tfl.SymbolicTensor;

/** The shape of the features without the batch axis. */
export type FeatureShape = readonly (number | null)[];

/** A head to register. */
export interface HeadDefinition<Options extends object = object> {
  readonly name: string;
  /** One sentence: layers and source. */
  readonly description: string;
  /** The names of its options, all of which are optional; none unless given. */
  readonly options?: readonly (keyof Options & string)[];
  /** Why the head does not fit features of this shape, as a rule; `null` if it fits. */
  readonly misfit: (shape: FeatureShape, options: Options) => string | null;
  readonly build: (
    features: tfl.SymbolicTensor,
    context: HeadContext,
    options: Options,
  ) => tfl.SymbolicTensor;
}

/** Whether `shape` is `[height, width, channels]` with fixed sizes. */
export function isFeatureMap(shape: FeatureShape): shape is readonly [number, number, number] {
  return shape.length === 3 && shape.every((size) => size !== null && size > 0);
}

/** The rule that a head on feature maps states if `shape` is not a feature map's. */
export function needsFeatureMap(shape: FeatureShape): string | null {
  return isFeatureMap(shape) ? null : 'needs a feature map [height, width, channels]';
}
