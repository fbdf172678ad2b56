import { tfl } from '../tf';
import { type HeadDefinition, isFeatureMap, needsFeatureMap } from './head';
import { chain, classifier } from './head-layers';

/** Options of the head `avgpool-dense`. */
export interface AveragePoolDenseOptions {
  /** Window and stride of the average pooling; 3, as in the original example. */
  readonly poolSize?: number;
}

const DEFAULT_POOL_SIZE = 3;

/** Average pooling, flatten, dense: the head of the original example's CIFAR networks (Distiller). */
export const averagePoolDense: HeadDefinition<AveragePoolDenseOptions> = {
  name: 'avgpool-dense',
  description: 'average pooling 3x3, dense; the CIFAR head of the original example (Distiller)',
  options: ['poolSize'],
  misfit: (shape, { poolSize = DEFAULT_POOL_SIZE }) => {
    if (!isFeatureMap(shape)) return needsFeatureMap(shape);
    const [height, width] = shape;
    return Math.min(height, width) < poolSize
      ? `pools ${String(poolSize)} x ${String(poolSize)} pixels, so its features are at least as large`
      : null;
  },
  build: (features, context, { poolSize = DEFAULT_POOL_SIZE }) =>
    classifier(
      chain(
        features,
        tfl.layers.averagePooling2d({ poolSize, strides: poolSize, name: `${context.name}_pool` }),
      ),
      context,
    ),
};
