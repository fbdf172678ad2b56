import type { MultiExitModel } from '@earlyexit/branch-head';
import { tfl } from '../tf';

export { stripes } from './stripes';

/** A convolution with batch normalisation, an early exit, dropout, another convolution, the final exit. */
export function tinyNetwork(seed = 3): MultiExitModel {
  const initializer = (part: number): { kernelInitializer: unknown } => ({
    kernelInitializer: tfl.initializers.glorotUniform({ seed: seed * 10 + part }),
  });
  const input = tfl.input({ shape: [6, 6, 1] });
  const conv = (name: string, part: number): tfl.layers.Layer =>
    tfl.layers.conv2d({
      name,
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      ...initializer(part),
    } as never);
  const dense = (name: string, part: number): tfl.layers.Layer =>
    tfl.layers.dense({ name, units: 3, ...initializer(part) } as never);
  const flatten = (name: string): tfl.layers.Layer => tfl.layers.flatten({ name });
  const apply = (layer: tfl.layers.Layer, value: tfl.SymbolicTensor): tfl.SymbolicTensor =>
    layer.apply(value) as tfl.SymbolicTensor;
  let trunk = apply(conv('conv1', 1), input);
  trunk = apply(tfl.layers.batchNormalization({ name: 'bn1', momentum: 0.9 }), trunk);
  trunk = apply(tfl.layers.reLU({ name: 'relu1' }), trunk);
  const exit = apply(dense('exit0_dense', 2), apply(flatten('exit0_flatten'), trunk));
  trunk = apply(tfl.layers.dropout({ name: 'dropout', rate: 0.2 }), trunk);
  trunk = apply(conv('conv2', 3), trunk);
  trunk = apply(tfl.layers.reLU({ name: 'relu2' }), trunk);
  const final = apply(dense('final_dense', 4), apply(flatten('flatten'), trunk));
  const macs = { macs: 1, backboneMacs: 1, headMacs: 0 };
  return {
    model: tfl.model({ inputs: input, outputs: [exit, final], name: 'tiny' }),
    metadata: {
      format: 'earlyexit',
      formatVersion: 1,
      name: 'tiny',
      classes: ['top', 'middle', 'bottom'],
      preprocessing: null,
      exits: [
        { name: 'exit0', attachedAfter: 'relu1', head: 'custom', ...macs },
        { name: 'final', attachedAfter: null, head: null, ...macs },
      ],
      staticMacs: 1,
      lossWeights: null,
      policy: null,
    },
  };
}

/** All weights of a network, for comparison bit by bit. */
export function weightsOf({ model }: MultiExitModel): number[][] {
  return model.layers.flatMap((layer) => layer.weights.map((weight) => [...weight.read().dataSync()]));
}
