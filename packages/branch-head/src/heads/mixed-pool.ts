import { layerSeed } from '../layer-seed';
import { type FeatureShape, type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier } from './head-layers';
import { MixedPooling2D } from '../layers/mixed-pooling';
import { registerLayers } from '../layers/register-layers';

// Shallow-Deep Networks pool every feature map to about this many pixels per side.
const SIDE_AFTER_POOLING = 4;

/**
 * A learned mixture of max and average pooling down to about 4x4, flatten, dense: the internal classifier of
 * Shallow-Deep Networks (Kaya et al., 2019). The window is `floor(side / 4)`; if that is 1 or less, there is nothing to
 * mix and the pooling is left out.
 */
export const mixedPool: HeadDefinition = {
  name: 'mixed-pool',
  description: 'learned mixture of max and average pooling to 4x4, dense; the internal classifier of SDN',
  misfit: needsFeatureMap,
  build: (features, context) => {
    const poolSize = windowOf(features.shape.slice(1));
    if (Math.max(...poolSize) === 1) return classifier(features, context);
    registerLayers();
    const name = `${context.name}_pool`;
    const pool = new MixedPooling2D({ poolSize, name, seed: layerSeed(context.seed, name) });
    return classifier(chain(features, pool), context);
  },
};

function windowOf([height, width]: FeatureShape): [number, number] {
  const side = (size: number | null | undefined): number =>
    Math.max(1, Math.floor((size ?? 0) / SIDE_AFTER_POOLING));
  return [side(height), side(width)];
}
