import type { BackboneOptions, ModelDefinition } from './model-definition';
import {
  basicBlock,
  classifier,
  convolution,
  identityShortcut,
  normalization,
  projectionShortcut,
  relu,
} from './residual-blocks';
import { tfl } from './tf';

/** How one CIFAR ResNet differs from another. */
interface ResNetShape {
  /** Residual blocks in each stage: (depth − 2) / 6. */
  readonly blocks: number;
  /**
   * How a shortcut changes shape: `A` takes every second pixel and pads the channels with zeros, without
   * parameters; `B` is a 1×1 convolution with batch normalisation.
   */
  readonly shortcut: 'A' | 'B';
  /** Channels of the three stages. */
  readonly widths?: readonly [number, number, number];
}

const shortcuts = { A: identityShortcut(), B: projectionShortcut };
const publishedWidths = [16, 32, 64] as const;

/**
 * A ResNet for 32×32 images (He et al. 2015, §4.2): a 3×3 stem, three stages of basic blocks, global average
 * pooling, one dense layer. Layers are named `layer<stage>_block<block>_<part>`, counted from 1; a block ends in
 * its `relu2`.
 */
function buildResNet(options: BackboneOptions, shape: ResNetShape): tfl.LayersModel {
  const { seed } = options;
  const widths = shape.widths ?? publishedWidths;
  const input = tfl.input({ shape: [...options.inputShape], name: 'input' });
  let features = convolution('conv1', widths[0], 3, 1, input, seed);
  features = normalization('bn1', features);
  features = relu('relu1', features);
  widths.forEach((filters, stage) => {
    for (let block = 1; block <= shape.blocks; block++) {
      const stride = stage > 0 && block === 1 ? 2 : 1;
      const prefix = `layer${stage + 1}_block${block}`;
      features = basicBlock(prefix, filters, stride, features, seed, shortcuts[shape.shortcut]);
    }
  });
  const logits = classifier(features, options.classes, seed);
  return tfl.model({ inputs: input, outputs: logits, name: options.name });
}

const heEtAl = 'He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015 (arXiv:1512.03385)';
const original =
  'Early exit in Distiller (IntelLabs/distiller, Apache-2.0), after BranchyNet (arXiv:1709.01686)';

const shared = {
  family: 'resnet-cifar',
  defaultDataset: 'cifar10',
  inputShape: [32, 32, 3],
  classes: 10,
} as const;

// The weights of the original's own example command for CIFAR-10, `--earlyexit_lossweights 0.4`.
const originalLossWeights = [0.4, 0.6] as const;

const depths = [20, 32, 44, 56, 110] as const;

function variantsOf(depth: (typeof depths)[number]): readonly ModelDefinition[] {
  const blocks = (depth - 2) / 6;
  const name = `resnet${depth}_cifar`;
  const buildB = (options: BackboneOptions) => buildResNet(options, { blocks, shortcut: 'B' });
  return [
    {
      ...shared,
      name,
      description: `ResNet-${depth} for 32×32 images, projection shortcuts (option B)`,
      paper: heEtAl,
      exits: [],
      lossWeights: null,
      build: buildB,
    },
    {
      ...shared,
      name: `${name}_a`,
      description: `ResNet-${depth} for 32×32 images, parameter-free shortcuts (option A)`,
      paper: heEtAl,
      exits: [],
      lossWeights: null,
      build: (options) => buildResNet(options, { blocks, shortcut: 'A' }),
    },
    {
      ...shared,
      name: `${name}_earlyexit`,
      description: `ResNet-${depth} with one exit after the third residual block, as in the original's code`,
      paper: original,
      exits: [{ after: 'layer1_block3_relu2', head: 'avgpool-dense' }],
      lossWeights: originalLossWeights,
      build: buildB,
    },
    {
      ...shared,
      name: `${name}_earlyexit_stage1`,
      description: `ResNet-${depth} with one exit (convolution, dense) after the first stage, as in the original's documentation`,
      paper: original,
      exits: [{ after: `layer1_block${blocks}_relu2`, head: 'conv-dense' }],
      lossWeights: originalLossWeights,
      build: buildB,
    },
  ];
}

/** ResNet-20, 32, 44, 56 and 110 for CIFAR: plain with either shortcut, and with the exits of the original example. */
export const resnetCifarModels: readonly ModelDefinition[] = depths.flatMap(variantsOf);

const tiny = { blocks: 1, shortcut: 'B', widths: [4, 8, 8] } as const;
const testShared = {
  family: 'test',
  paper: 'none: a small network for tests',
  defaultDataset: null,
  inputShape: [8, 8, 3],
  classes: 4,
} as const;

/** The same family in miniature, for tests that must be fast. */
export const resnetTestModels: readonly ModelDefinition[] = [
  {
    ...testShared,
    name: 'test_resnet',
    description: 'Three residual blocks for 8×8 images',
    exits: [],
    lossWeights: null,
    build: (options) => buildResNet(options, tiny),
  },
  {
    ...testShared,
    name: 'test_resnet_a',
    description: 'Three residual blocks for 8×8 images, parameter-free shortcuts',
    exits: [],
    lossWeights: null,
    build: (options) => buildResNet(options, { ...tiny, shortcut: 'A', widths: [4, 8, 16] }),
  },
  {
    ...testShared,
    name: 'test_resnet_1exit',
    description: 'Three residual blocks for 8×8 images with one exit',
    exits: [{ after: 'layer1_block1_relu2', head: 'avgpool-dense' }],
    lossWeights: [0.4, 0.6],
    build: (options) => buildResNet(options, tiny),
  },
  {
    ...testShared,
    name: 'test_resnet_2exits',
    description: 'Three residual blocks for 8×8 images with two exits',
    exits: [
      { after: 'layer1_block1_relu2', head: 'conv-dense' },
      { after: 'layer2_block1_relu2', head: 'pooled' },
    ],
    lossWeights: [0.2, 0.3, 0.5],
    build: (options) => buildResNet(options, tiny),
  },
  {
    ...testShared,
    name: 'test_resnet_3exits',
    description: 'Three residual blocks for 8×8 images with three exits, two of them inside residual blocks',
    exits: [
      { after: 'layer1_block1_relu1', head: 'mixed-pool' },
      { after: 'layer2_block1_bn1', head: 'pooled' },
      { after: 'layer3_block1_relu1', head: 'linear' },
    ],
    lossWeights: [0.2, 0.2, 0.2, 0.4],
    build: (options) => buildResNet(options, { ...tiny, shortcut: 'A', widths: [4, 8, 16] }),
  },
];
