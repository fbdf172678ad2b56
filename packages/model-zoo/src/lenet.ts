import type { BackboneOptions, ModelDefinition } from './model-definition';
import { branchyNetPaper } from './branchynet';
import { normalFanIn } from './initializers';
import { tfl } from './tf';

/** The widths of a LeNet. */
interface LeNetWidths {
  readonly filters: readonly [number, number, number];
  readonly hidden: number;
}

const published: LeNetWidths = { filters: [5, 10, 20], hidden: 84 };

/**
 * LeNet as the released BranchyNet code has it, layer by layer, for inputs of 28×28×1:
 * conv 5×5 (30×30×5), max-pool 2 (15), ReLU, conv 5×5 (17×17×10), max-pool 2 (9), ReLU, conv 5×5 (11×11×20),
 * max-pool 2 (6), ReLU, dense 720 → 84, dense 84 → classes. There is no ReLU between the two dense layers.
 *
 * Every convolution pads by 3 on all sides, more than `same` would. Chainer's pooling starts its windows at 0 and adds
 * one at the end where they do not divide the size evenly, which is what `same` does for a window of 2 and a stride of
 * 2.
 */
function buildLeNet(options: BackboneOptions, widths: LeNetWidths = published): tfl.LayersModel {
  const { inputShape, classes, seed } = options;
  const input = tfl.input({ shape: [...inputShape], name: 'input' });
  let features = input;
  let channels = inputShape[2];
  widths.filters.forEach((filters, index) => {
    const name = `conv${index + 1}`;
    features = tfl.layers
      .zeroPadding2d({ name: `${name}_pad`, padding: [3, 3] })
      .apply(features) as tfl.SymbolicTensor;
    features = tfl.layers
      .conv2d({
        name,
        filters,
        kernelSize: 5,
        kernelInitializer: normalFanIn(25 * channels, seed, name),
      })
      .apply(features) as tfl.SymbolicTensor;
    features = tfl.layers
      .maxPooling2d({ name: `pool${index + 1}`, poolSize: 2, strides: 2, padding: 'same' })
      .apply(features) as tfl.SymbolicTensor;
    features = tfl.layers.reLU({ name: `relu${index + 1}` }).apply(features) as tfl.SymbolicTensor;
    channels = filters;
  });
  features = tfl.layers.flatten({ name: 'flatten' }).apply(features) as tfl.SymbolicTensor;
  features = dense('fc1', widths.hidden, features, seed);
  return tfl.model({ inputs: input, outputs: dense('fc2', classes, features, seed), name: options.name });
}

function dense(name: string, units: number, features: tfl.SymbolicTensor, seed: number): tfl.SymbolicTensor {
  const fanIn = features.shape[1]!;
  return tfl.layers
    .dense({ name, units, kernelInitializer: normalFanIn(fanIn, seed, name) })
    .apply(features) as tfl.SymbolicTensor;
}

const lecun = 'LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998';

const mnist = { family: 'lenet', defaultDataset: 'mnist', inputShape: [28, 28, 1], classes: 10 } as const;

/** LeNet, and B-LeNet with an exit after the first convolution: BranchyNet's, and a cheaper one. */
export const lenetModels: readonly ModelDefinition[] = [
  {
    ...mnist,
    name: 'lenet',
    description: 'LeNet for 28×28 digits, three convolutions and two dense layers, as in the BranchyNet code',
    paper: lecun,
    exits: [],
    lossWeights: null,
    build: (options) => buildLeNet(options),
  },
  {
    ...mnist,
    name: 'b_lenet',
    description: 'LeNet with one exit (convolution, dense) after the first convolution',
    paper: branchyNetPaper,
    exits: [{ after: 'conv1', head: { name: 'branchynet', options: { convolutions: [10] } } }],
    // The paper speaks of heavier early weights; its released code sets every weight to 1.
    lossWeights: [1, 1],
    build: (options) => buildLeNet(options),
  },
  {
    ...mnist,
    name: 'b_lenet_cheap',
    description:
      'B-LeNet with a head of 3 % instead of 9 % of the network: its convolution has a stride of 2',
    paper: branchyNetPaper,
    // On features that are already pooled once, with a stride of 2: a quarter of the convolution's cost at the same
    // width.
    exits: [
      {
        after: 'conv1',
        head: { name: 'branchynet', options: { convolutions: [{ filters: 12, strides: 2 }] } },
      },
    ],
    lossWeights: [1, 1],
    build: (options) => buildLeNet(options),
  },
];

const tiny: LeNetWidths = { filters: [2, 3, 4], hidden: 8 };
const testShared = {
  family: 'test',
  paper: 'none: a small network for tests',
  defaultDataset: null,
  inputShape: [8, 8, 1],
  classes: 3,
} as const;

/** The same family in miniature, for tests that must be fast. */
export const lenetTestModels: readonly ModelDefinition[] = [
  {
    ...testShared,
    name: 'test_lenet',
    description: 'LeNet in miniature for 8×8 images',
    exits: [],
    lossWeights: null,
    build: (options) => buildLeNet(options, tiny),
  },
  {
    ...testShared,
    name: 'test_b_lenet',
    description: 'LeNet in miniature for 8×8 images with one exit after the first convolution',
    exits: [{ after: 'conv1', head: { name: 'branchynet', options: { convolutions: [3] } } }],
    lossWeights: [1, 1],
    build: (options) => buildLeNet(options, tiny),
  },
];
