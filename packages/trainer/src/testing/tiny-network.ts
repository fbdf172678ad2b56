import type { MultiExitModel, SampleSource } from '@earlyexit/branch-head';
import { tfl } from '../tf';

/** Three classes of 6×6 images told apart by which third is bright, with seeded noise: learnt in a few steps. */
export function stripes(size: number, seed = 1): SampleSource {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const labels = Int32Array.from({ length: size }, (_, row) => row % 3);
  const pixels = Float32Array.from({ length: size * 36 }, (_, index) => {
    const bright = Math.floor((index % 36) / 12) === labels[Math.floor(index / 36)];
    return (bright ? 0.8 : 0) + random();
  });
  return {
    size,
    labels,
    imageShape: [6, 6, 1],
    load(rows, options) {
      const images = new Float32Array(rows.length * 36);
      const shift = ((options?.augmentationSeed ?? 0) % 7) / 100;
      for (const [index, row] of rows.entries()) {
        images.set(
          pixels.subarray(row * 36, (row + 1) * 36).map((value) => value + shift),
          index * 36,
        );
      }
      return Promise.resolve(images);
    },
  };
}

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
