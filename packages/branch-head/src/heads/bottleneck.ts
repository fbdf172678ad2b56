import { layerSeed } from '../layer-seed';
import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier, convolution } from './head-layers';

/** Options of the head `bottleneck`. */
export interface BottleneckOptions {
  /**
   * How many features the classifier reads; unless given, as many as the final exit's does, or four times the channels if
   * that has none.
   */
  readonly features?: number;
}

/**
 * Separable 3x3 convolutions with stride 2, normalised, ReLU, that double the channels until there are as many as the
 * final exit's classifier reads; average pooling, dense: the shallow classifier of "Be Your Own Teacher" (Zhang et al.,
 * 2019), whose features can be compared with the deepest ones.
 */
export const bottleneck: HeadDefinition<BottleneckOptions> = {
  name: 'bottleneck',
  description:
    'separable convolutions 3x3 stride 2 up to the width of the final features, average pooling, dense; of Be Your Own Teacher',
  options: ['features'],
  misfit: needsFeatureMap,
  build: (features, context, options) => {
    const { name, seed, finalFeatures } = context;
    let channels = features.shape.at(-1) as number;
    const wanted = options.features ?? finalFeatures ?? 4 * channels;
    const layers: tfl.layers.Layer[] = [];
    for (let index = 1; index === 1 || channels < wanted; index += 1) {
      channels = Math.min(2 * channels, wanted);
      const depthwise = `${name}_depthwise${String(index)}`;
      layers.push(
        tfl.layers.depthwiseConv2d({
          ...{ kernelSize: 3, strides: 2, padding: 'same', useBias: false, name: depthwise },
          depthwiseInitializer: tfl.initializers.heNormal({ seed: layerSeed(seed, depthwise) }),
        }),
        convolution(context, `conv${String(index)}`, { filters: channels, kernelSize: 1, useBias: false }),
        tfl.layers.batchNormalization({ name: `${name}_bn${String(index)}`, momentum: 0.9, epsilon: 1e-5 }),
        tfl.layers.reLU({ name: `${name}_relu${String(index)}` }),
      );
    }
    const pool = tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: `${name}_pool` });
    return classifier(chain(features, ...layers, pool), context);
  },
};
