import { layerSeed } from '../layer-seed';
import { tfl } from '../tf';
import type { HeadContext } from './head';

/** Applies layers in sequence. */
export function chain(
  features: tfl.SymbolicTensor,
  ...layers: readonly tfl.layers.Layer[]
): tfl.SymbolicTensor {
  return layers.reduce((tensor, layer) => layer.apply(tensor) as tfl.SymbolicTensor, features);
}

/** The logits of a head: flatten if necessary, then a linear dense layer `${name}_dense`. */
export function classifier(features: tfl.SymbolicTensor, context: HeadContext): tfl.SymbolicTensor {
  const { units, name, seed } = context;
  const flat =
    features.shape.length === 2 ? features : chain(features, tfl.layers.flatten({ name: `${name}_flatten` }));
  const dense = `${name}_dense`;
  return chain(
    flat,
    tfl.layers.dense({
      units,
      name: dense,
      // Uniform in ±1/√fan-in, PyTorch's default for linear layers, with which the original heads were trained.
      // Glorot's is √6 times wider for a head with many features and few classes, which would then learn from noise.
      kernelInitializer: tfl.initializers.varianceScaling({
        scale: 1 / 3,
        mode: 'fanIn',
        distribution: 'uniform',
        seed: layerSeed(seed, dense),
      }),
    }),
  );
}

/**
 * A convolution that keeps the size at stride 1, with a bias unless `useBias` is false, initialised as by He et al. for
 * layers before a ReLU.
 */
export function convolution(
  context: HeadContext,
  suffix: string,
  options: {
    readonly filters: number;
    readonly kernelSize: number;
    readonly strides?: number;
    readonly useBias?: boolean;
  },
): tfl.layers.Layer {
  const name = `${context.name}_${suffix}`;
  return tfl.layers.conv2d({
    filters: options.filters,
    kernelSize: options.kernelSize,
    strides: options.strides ?? 1,
    padding: 'same',
    useBias: options.useBias ?? true,
    name,
    kernelInitializer: tfl.initializers.heNormal({ seed: layerSeed(context.seed, name) }),
  });
}
