import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier, convolution } from './head-layers';

/** Options of the head `conv-dense`. */
export interface ConvDenseOptions {
  /** Filters of the convolution; the number of channels of the features unless given. */
  readonly filters?: number;
  /** Kernel size; 3 unless given. */
  readonly kernelSize?: number;
  /** Stride; 2 unless given, which keeps the dense layer small. */
  readonly strides?: number;
}

/**
 * Convolution, ReLU, flatten, dense: the exit path as the original example's documentation describes it (a convolution
 * and a fully connected layer). It gives no sizes; those here are ours.
 */
export const convDense: HeadDefinition<ConvDenseOptions> = {
  name: 'conv-dense',
  description: 'convolution 3x3 stride 2, ReLU, dense; as the original documentation describes its exit',
  options: ['filters', 'kernelSize', 'strides'],
  misfit: needsFeatureMap,
  build: (features, context, { filters, kernelSize = 3, strides = 2 }) => {
    const channels = features.shape.at(-1) as number;
    return classifier(
      chain(
        features,
        convolution(context, 'conv', { filters: filters ?? channels, kernelSize, strides }),
        tfl.layers.reLU({ name: `${context.name}_relu` }),
      ),
      context,
    );
  },
};
