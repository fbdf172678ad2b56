import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier } from './head-layers';

/** Global average pooling, dense: the cheapest head, and the way the networks themselves end. */
export const pooled: HeadDefinition = {
  name: 'pooled',
  description: 'global average pooling, dense; the cheapest head',
  misfit: needsFeatureMap,
  build: (features, context) =>
    classifier(
      chain(
        features,
        tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: `${context.name}_pool` }),
      ),
      context,
    ),
};
