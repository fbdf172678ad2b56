import { layerSeed } from '@earlyexit/branch-head';
import type { BackboneOptions, ModelDefinition } from './model-definition';
import { tfl } from './tf';

/** One stage of a network of Conditional Deep Learning: a convolution, a sigmoid and 2×2 mean pooling. */
interface Stage {
  readonly filters: number;
  readonly kernelSize: number;
}

const twoStages: readonly Stage[] = [
  { filters: 6, kernelSize: 5 },
  { filters: 12, kernelSize: 5 },
];
const threeStages: readonly Stage[] = [
  { filters: 3, kernelSize: 3 },
  { filters: 6, kernelSize: 4 },
  { filters: 9, kernelSize: 3 },
];

/** Stages of unpadded convolutions, sigmoids and mean poolings that round up, and one dense layer. */
function buildStages(options: BackboneOptions, stages: readonly Stage[]): tfl.LayersModel {
  const { inputShape, classes, seed } = options;
  const drawn = (name: string) => tfl.initializers.glorotUniform({ seed: layerSeed(seed, name) });
  const input = tfl.input({ shape: [...inputShape], name: 'input' });
  const layers = stages.flatMap(({ filters, kernelSize }, index) => {
    const name = `conv${index + 1}`;
    return [
      tfl.layers.conv2d({ name, filters, kernelSize, kernelInitializer: drawn(name) }),
      tfl.layers.activation({ name: `sigmoid${index + 1}`, activation: 'sigmoid' }),
      tfl.layers.averagePooling2d({ name: `pool${index + 1}`, poolSize: 2, strides: 2, padding: 'same' }),
    ];
  });
  const logits = [
    ...layers,
    tfl.layers.flatten({ name: 'flatten' }),
    tfl.layers.dense({ name: 'fc', units: classes, kernelInitializer: drawn('fc') }),
  ].reduce((features, layer) => layer.apply(features) as tfl.SymbolicTensor, input);
  return tfl.model({ inputs: input, outputs: logits, name: options.name });
}

// The abstract and summaries of the paper name the two networks and their results; the layer sizes, the sigmoids and
// the mean pooling come from descriptions that could not be checked against its text.
const paper =
  'Panda, Sengupta, Roy: Conditional Deep Learning, DATE 2016 (arXiv:1509.08971); layers reconstructed, not verified';

const shared = {
  family: 'cdl-mnist',
  paper,
  defaultDataset: 'mnist',
  inputShape: [28, 28, 1],
  classes: 10,
} as const;

function pairOf(
  name: string,
  stages: readonly Stage[],
  base: Omit<ModelDefinition, 'name' | 'description' | 'exits' | 'lossWeights' | 'build'> = shared,
): readonly ModelDefinition[] {
  const build = (options: BackboneOptions) => buildStages(options, stages);
  // The last stage's linear classifier is the network's own dense layer.
  const exits = stages.slice(0, -1).map((_, index) => ({ after: `pool${index + 1}`, head: 'linear' }));
  const count = ['', '', 'two', 'three'][stages.length]!;
  return [
    {
      ...base,
      name: name.replace('cdl_', ''),
      description: `${count} convolutions and a dense layer for digits (reconstructed)`,
      exits: [],
      lossWeights: null,
      build,
    },
    {
      ...base,
      name,
      description: `the same with a linear classifier after each convolution but the last (reconstructed)`,
      exits,
      lossWeights: exits.map(() => 1).concat(1),
      build,
    },
  ];
}

/** The networks of Conditional Deep Learning for MNIST, plain and with their linear classifiers. */
export const cdlMnistModels: readonly ModelDefinition[] = [
  ...pairOf('cdl_mnist_2c', twoStages),
  ...pairOf('cdl_mnist_3c', threeStages),
];
