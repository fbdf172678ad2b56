import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier, convolution } from './head-layers';

/** Options of the head `msdnet`. */
export interface MsdnetOptions {
  /** Filters of the two convolutions; two and four times the channels of the features unless given. */
  readonly filters?: readonly [first: number, second: number];
}

/**
 * Two 3x3 convolutions with stride 2, each with normalisation and ReLU, average pooling, dense: the classifier of
 * Multi-Scale DenseNet (Huang et al., 2018), whose CIFAR networks have `filters: [128, 128]`. Unless given, the filters
 * grow like a backbone's, so that the head costs the same at every stage: 1.9 % of a ResNet-56. The original pools 2x2,
 * which on CIFAR is all that is left; here the whole map is pooled.
 */
export const msdnet: HeadDefinition<MsdnetOptions> = {
  name: 'msdnet',
  description: 'two convolutions 3x3 stride 2, normalised, average pooling, dense; the classifier of MSDNet',
  options: ['filters'],
  misfit: needsFeatureMap,
  build: (features, context, { filters }) => {
    const { name } = context;
    const channels = features.shape.at(-1) as number;
    const [first, second] = filters ?? [2 * channels, 4 * channels];
    const normalized = (index: number, count: number): tfl.layers.Layer[] => [
      convolution(context, `conv${String(index)}`, {
        filters: count,
        kernelSize: 3,
        strides: 2,
        useBias: false,
      }),
      tfl.layers.batchNormalization({ name: `${name}_bn${String(index)}`, momentum: 0.9, epsilon: 1e-5 }),
      tfl.layers.reLU({ name: `${name}_relu${String(index)}` }),
    ];
    return classifier(
      chain(
        features,
        ...normalized(1, first),
        ...normalized(2, second),
        tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: `${name}_pool` }),
      ),
      context,
    );
  },
};
