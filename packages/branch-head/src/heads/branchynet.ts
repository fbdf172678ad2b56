import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier, convolution } from './head-layers';

/** One convolution of a BranchyNet branch. */
export interface BranchConvolution {
  readonly filters: number;
  /** 3 unless given. */
  readonly kernelSize?: number;
}

/** Options of the head `branchynet`. */
export interface BranchyNetOptions {
  /** The branch's convolutions, a number standing for that many 3x3 filters; `[10]` unless given (B-LeNet). */
  readonly convolutions?: readonly (number | BranchConvolution)[];
  /** The max pooling before the first and after the last convolution; 2x2 stride 2 unless given, `null` for none. */
  readonly pooling?: { readonly poolSize: number; readonly strides: number } | null;
}

const DEFAULT_POOLING = { poolSize: 2, strides: 2 };

/**
 * Max pooling, ReLU, convolutions with ReLUs between, max pooling, ReLU, dense: the branches of BranchyNet
 * (Teerapittayanon et al., 2016) as its released code has them, without local response normalisation. Pooling
 * rounds sizes up, as Chainer does. The order of a ReLU and a max pooling does not matter.
 */
export const branchyNet: HeadDefinition<BranchyNetOptions> = {
  name: 'branchynet',
  description: 'max pooling, ReLU, convolutions, max pooling, ReLU, dense; the branches of BranchyNet',
  options: ['convolutions', 'pooling'],
  misfit: needsFeatureMap,
  build: (features, context, { convolutions = [10], pooling = DEFAULT_POOLING }) => {
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
      layers.push(convolution(context, `conv${String(index + 1)}`, { kernelSize: 3, ...options }));
      if (index === convolutions.length - 1) pool(2);
      relu(index + 1);
    });
    return classifier(chain(features, ...layers), context);
  },
};
