import { LocalResponseNormalization } from '../layers/local-response-normalization';
import { registerLayers } from '../layers/register-layers';
import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier, convolution } from './head-layers';

/** One convolution of a BranchyNet branch. */
export interface BranchConvolution {
  readonly filters: number;
  /** 3 unless given. */
  readonly kernelSize?: number;
  /** 1 unless given. */
  readonly strides?: number;
}

/** Options of the head `branchynet`. */
export interface BranchyNetOptions {
  /** The branch's convolutions; a number stands for that many 3x3 filters. `[10]` unless given (B-LeNet). */
  readonly convolutions?: readonly (number | BranchConvolution)[];
  /** The max pooling before the first and after the last convolution; 2x2 stride 2 unless given, `null` for none. */
  readonly pooling?: { readonly poolSize: number; readonly strides: number } | null;
  /**
   * Local response normalisation before the convolution of this index (B-AlexNet: 0, B-ResNet-110: 1); none unless
   * given.
   */
  readonly normalizedBefore?: number;
}

const DEFAULT_POOLING = { poolSize: 2, strides: 2 };

/** The local response normalisation of BranchyNet's networks; Chainer, which they were written in, has a bias of 2. */
export const BRANCHYNET_NORMALIZATION = { size: 3, alpha: 5e-5, beta: 0.75, bias: 2 } as const;

/**
 * Max pooling, ReLU, convolutions with ReLUs between, max pooling, ReLU, dense: the branches of BranchyNet
 * (Teerapittayanon et al., 2016) as its released code has them. Pooling rounds sizes up, as Chainer does. The order of
 * a ReLU and a max pooling does not matter.
 */
export const branchyNet: HeadDefinition<BranchyNetOptions> = {
  name: 'branchynet',
  description: 'max pooling, ReLU, convolutions, max pooling, ReLU, dense; the branches of BranchyNet',
  options: ['convolutions', 'pooling', 'normalizedBefore'],
  misfit: needsFeatureMap,
  build: (features, context, { convolutions = [10], pooling = DEFAULT_POOLING, normalizedBefore }) => {
    const { name } = context;
    const layers: tfl.layers.Layer[] = [];
    const pool = (index: number): void => {
      if (pooling === null) return;
      layers.push(
        tfl.layers.maxPooling2d({ ...pooling, padding: 'same', name: `${name}_pool${String(index)}` }),
      );
    };
    const relu = (index: number): number =>
      layers.push(tfl.layers.reLU({ name: `${name}_relu${String(index)}` }));
    pool(1);
    if (pooling !== null) relu(0);
    convolutions.forEach((convolutionOptions, index) => {
      const options =
        typeof convolutionOptions === 'number' ? { filters: convolutionOptions } : convolutionOptions;
      if (index === normalizedBefore) {
        registerLayers();
        layers.push(new LocalResponseNormalization({ ...BRANCHYNET_NORMALIZATION, name: `${name}_norm` }));
      }
      layers.push(convolution(context, `conv${String(index + 1)}`, { kernelSize: 3, ...options }));
      if (index === convolutions.length - 1) pool(2);
      relu(index + 1);
    });
    return classifier(chain(features, ...layers), context);
  },
};
