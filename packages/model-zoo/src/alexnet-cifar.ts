import {
  BRANCHYNET_NORMALIZATION,
  type BranchyNetOptions,
  type ExitSpecification,
  layerSeed,
  LocalResponseNormalization,
  registerLayers,
} from '@earlyexit/branch-head';
import { branchyNetPaper } from './branchynet';
import { normalFanIn } from './initializers';
import { maxPoolingUp } from './max-pooling';
import type { BackboneOptions, ModelDefinition } from './model-definition';
import { tfl } from './tf';

/** How one AlexNet for small images differs from another. */
interface AlexNetWidths {
  /** Of the five convolutions. */
  readonly filters: readonly [number, number, number, number, number];
  /** Of the two hidden dense layers. */
  readonly hidden: readonly [number, number];
}

const published: AlexNetWidths = { filters: [32, 64, 96, 96, 64], hidden: [256, 128] };

/**
 * AlexNet for 32×32 images as the released BranchyNet code has it: conv 5×5 (32), pool, normalisation, conv 5×5 (64),
 * pool, normalisation, conv 3×3 (96, 96, 64), pool, dense 1024 → 256 → 128 → classes with dropout of a half. Each
 * convolution keeps its size and is followed by a ReLU; max pooling is 3×3 with a stride of 2 and rounds up;
 * normalisation is local response normalisation over three channels.
 */
function buildAlexNet(options: BackboneOptions, widths: AlexNetWidths = published): tfl.LayersModel {
  const { inputShape, classes, seed } = options;
  registerLayers();
  const input = tfl.input({ shape: [...inputShape], name: 'input' });
  const through = (layer: tfl.layers.Layer): tfl.SymbolicTensor =>
    layer.apply(features) as tfl.SymbolicTensor;
  let features = input;
  widths.filters.forEach((filters, index) => {
    const number = index + 1;
    const name = `conv${number}`;
    const kernelSize = index < 2 ? 5 : 3;
    const fanIn = kernelSize ** 2 * features.shape[3]!;
    const kernelInitializer = normalFanIn(fanIn, seed, name);
    features = through(tfl.layers.conv2d({ name, filters, kernelSize, padding: 'same', kernelInitializer }));
    features = through(tfl.layers.reLU({ name: `relu${number}` }));
    if (index !== 2 && index !== 3) features = maxPoolingUp(`pool${number}`, 3, 2, features);
    if (index < 2)
      features = through(
        new LocalResponseNormalization({ ...BRANCHYNET_NORMALIZATION, name: `norm${number}` }),
      );
  });
  features = through(tfl.layers.flatten({ name: 'flatten' }));
  widths.hidden.forEach((units, index) => {
    const number = index + 1;
    features = dense(`fc${number}`, units, features, seed);
    features = through(tfl.layers.reLU({ name: `fc${number}_relu` }));
    features = through(
      tfl.layers.dropout({
        name: `dropout${number}`,
        rate: 0.5,
        seed: layerSeed(seed, `dropout${number}`),
      }),
    );
  });
  return tfl.model({ inputs: input, outputs: dense('fc3', classes, features, seed), name: options.name });
}

function dense(name: string, units: number, features: tfl.SymbolicTensor, seed: number): tfl.SymbolicTensor {
  return tfl.layers
    .dense({ name, units, kernelInitializer: normalFanIn(features.shape[1]!, seed, name) })
    .apply(features) as tfl.SymbolicTensor;
}

const krizhevsky =
  'Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, NIPS 2012';

const shared = {
  family: 'alexnet-cifar',
  defaultDataset: 'cifar10',
  inputShape: [32, 32, 3],
  classes: 10,
} as const;

function branch(after: string, options: BranchyNetOptions): ExitSpecification {
  return { after, head: { name: 'branchynet', options } };
}

const pooling = { poolSize: 3, strides: 2 };
// One branch with two convolutions and one with one, each starting like the trunk before its next convolution.
const deeper = { convolutions: [32, 32], pooling, normalizedBefore: 0 };
const shallower = { convolutions: [32], pooling, normalizedBefore: 0 };
// After the trunk's own pooling and normalisation, on a quarter of the pixels or less.
const cheapFirst = { convolutions: [{ filters: 48, strides: 2 }, 48], pooling: null };
const cheapSecond = { convolutions: [32], pooling: null };

interface AlexNetVariant {
  readonly suffix: string;
  readonly description: string;
  readonly exits: readonly ExitSpecification[];
}

const variants: readonly AlexNetVariant[] = [
  {
    suffix: '',
    description: 'with exits after the second and the third convolution, as in the released code',
    exits: [branch('conv2', deeper), branch('conv3', shallower)],
  },
  {
    suffix: '_paper',
    description: 'with exits after the first and the second convolution, as in the paper’s text',
    exits: [branch('conv1', deeper), branch('conv2', shallower)],
  },
  {
    suffix: '_cheap',
    description: 'with exits where the paper’s text has them, after their pooling, and cheaper heads',
    exits: [branch('norm1', cheapFirst), branch('norm2', cheapSecond)],
  },
];

function branchy(
  { suffix, description, exits }: AlexNetVariant,
  name = 'b_alexnet',
  base: Omit<ModelDefinition, 'name' | 'description' | 'exits' | 'lossWeights' | 'paper'> = {
    ...shared,
    build: (options) => buildAlexNet(options),
  },
): ModelDefinition {
  return {
    ...base,
    name: `${name}${suffix}`,
    description: `AlexNet for 32×32 images ${description}`,
    paper: branchyNetPaper,
    exits,
    // The paper found 1 and 0.3 best for one exit; its released code sets every weight to 1.
    lossWeights: exits.map(() => 1).concat(1),
  };
}

/**
 * AlexNet for CIFAR, and B-AlexNet with the exits of BranchyNet's code, with those of its text, and with cheaper ones.
 */
export const alexnetCifarModels: readonly ModelDefinition[] = [
  {
    ...shared,
    name: 'alexnet_cifar',
    description:
      'AlexNet for 32×32 images, five convolutions and three dense layers, as in the BranchyNet code',
    paper: krizhevsky,
    exits: [],
    lossWeights: null,
    build: (options) => buildAlexNet(options),
  },
  ...variants.map((variant) => branchy(variant)),
];

/** The same family in miniature, for tests that must be fast. */
export const alexnetTestModels: readonly ModelDefinition[] = [
  branchy(
    {
      suffix: '',
      description: 'in miniature, with the exits of the released code',
      exits: [
        branch('conv2', { ...deeper, convolutions: [3, 3] }),
        branch('conv3', { ...shallower, convolutions: [3] }),
      ],
    },
    'test_b_alexnet',
    {
      family: 'test',
      defaultDataset: null,
      inputShape: [16, 16, 3],
      classes: 4,
      build: (options) => buildAlexNet(options, { filters: [4, 6, 6, 6, 4], hidden: [24, 16] }),
    },
  ),
];
