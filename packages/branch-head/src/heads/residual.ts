import { tfl } from '../tf';
import { type HeadDefinition, needsFeatureMap } from './head';
import { chain, classifier, convolution } from './head-layers';

/**
 * A residual block of two 3x3 convolutions that keeps its shape, ReLU, flatten, dense: the second branch of
 * BranchyNet's B-ResNet-110 (Teerapittayanon et al., 2016) as its released code has it, without the biases that
 * normalisation cancels.
 */
export const residual: HeadDefinition = {
  name: 'residual',
  description: 'residual block of two convolutions 3x3, ReLU, dense; the second branch of B-ResNet-110',
  misfit: needsFeatureMap,
  build: (features, context) => {
    const { name } = context;
    const filters = features.shape.at(-1) as number;
    const normalized = (index: number): tfl.layers.Layer[] => [
      convolution(context, `conv${String(index)}`, { filters, kernelSize: 3, useBias: false }),
      tfl.layers.batchNormalization({ name: `${name}_bn${String(index)}`, momentum: 0.9, epsilon: 1e-5 }),
    ];
    const inner = chain(
      features,
      ...normalized(1),
      tfl.layers.reLU({ name: `${name}_relu1` }),
      ...normalized(2),
    );
    const sum = tfl.layers.add({ name: `${name}_add` }).apply([inner, features]) as tfl.SymbolicTensor;
    return classifier(chain(sum, tfl.layers.reLU({ name: `${name}_relu2` })), context);
  },
};
