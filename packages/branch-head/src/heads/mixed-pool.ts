import { layerSeed } from '../layer-seed';
import { type HeadDefinition, isFeatureMap, needsFeatureMap } from './head';
import { chain, classifier } from './head-layers';
import { MixedPooling2D, registerLayers } from './mixed-pooling-layer';

// Shallow-Deep Networks pool every feature map to about this many pixels a side.
const SIDE_AFTER_POOLING = 4;

/**
 * A learned mixture of max and average pooling down to about 4x4, flatten, dense: the internal classifier of
 * Shallow-Deep Networks (Kaya et al., 2019). Feature maps smaller than 4 pixels are not pooled.
 */
export const mixedPool: HeadDefinition = {
  name: 'mixed-pool',
  description: 'learned mixture of max and average pooling to 4x4, dense; the internal classifier of SDN',
  misfit: needsFeatureMap,
  build: (features, context) => {
    const sides = features.shape.slice(1);
    if (!isFeatureMap(sides)) return classifier(features, context);
    const [height, width] = sides;
    if (Math.min(height, width) < SIDE_AFTER_POOLING) return classifier(features, context);
    registerLayers();
    const name = `${context.name}_pool`;
    const pool = new MixedPooling2D({
      poolSize: [Math.floor(height / SIDE_AFTER_POOLING), Math.floor(width / SIDE_AFTER_POOLING)],
      name,
      seed: layerSeed(context.seed, name),
    });
    return classifier(chain(features, pool), context);
  },
};
