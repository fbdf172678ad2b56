import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier, convolution } from './head-layers';

/** Options of the head `conv-pool-dense`. */
export interface ConvPoolDenseOptions {
  /** Filters of the convolution; 10 unless given, as at the original's first exit (its second has 12). */
  readonly filters?: number;
  /** Kernel size; 7, as in the original. */
  readonly kernelSize?: number;
}

/**
 * Convolution 7x7 stride 2, max pooling 3x3 stride 2, flatten, dense: the head of the original example's ResNet-50
 * (Distiller). Sizes and costs are those of the original, which pads both sides evenly; `same` padding puts the odd
 * pixel on the right and at the bottom.
 */
export const convPoolDense: HeadDefinition<ConvPoolDenseOptions> = {
  name: 'conv-pool-dense',
  description:
    'convolution 7x7 stride 2, max pooling 3x3 stride 2, dense; the ImageNet head of the original example',
  options: ['filters', 'kernelSize'],
  misfit: needsFeatureMap,
  build: (features, context, { filters = 10, kernelSize = 7 }) =>
    classifier(
      chain(
        features,
        convolution(context, 'conv', { filters, kernelSize, strides: 2 }),
        tfl.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same', name: `${context.name}_pool` }),
      ),
      context,
    ),
};
