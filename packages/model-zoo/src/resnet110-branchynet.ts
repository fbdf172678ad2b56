import type { ExitSpecification } from '@earlyexit/branch-head';
import { branchyNetPaper } from './branchynet';
import { heNormalFanOut, normalFanIn } from './initializers';
import type { BackboneOptions, ModelDefinition } from './model-definition';
import { basicBlock, identityShortcut, normalization, relu } from './residual-blocks';
import { tfl } from './tf';

/** How one of these ResNets differs from another. */
interface ResNetShape {
  /** Residual blocks in each stage. */
  readonly blocks: number;
  /** Channels of the three stages. */
  readonly widths: readonly [number, number, number];
  /** The window size of the last average pooling, whose stride is 1. */
  readonly window: number;
}

const published: ResNetShape = { blocks: 18, widths: [16, 32, 64], window: 6 };

/**
 * ResNet-110 as the released BranchyNet code has it. It differs from that of He et al. in its first convolution, which
 * does not pad (32 → 30 pixels), in its shortcuts, whose channels of zeros all come first, and in its end, 6×6 average
 * pooling with a stride of 1 (8 → 3 pixels) before the dense layer. The code's biases before batch normalisation, which
 * cancels them, are left out.
 */
function buildResNet(options: BackboneOptions, shape: ResNetShape = published): tfl.LayersModel {
  const { inputShape, classes, seed } = options;
  const { blocks, widths, window } = shape;
  const input = tfl.input({ shape: [...inputShape], name: 'input' });
  let features = tfl.layers
    .conv2d({
      name: 'conv1',
      filters: widths[0],
      kernelSize: 3,
      useBias: false,
      kernelInitializer: heNormalFanOut(3, widths[0], seed, 'conv1'),
    })
    .apply(input) as tfl.SymbolicTensor;
  features = relu('relu1', normalization('bn1', features));
  const shortcut = identityShortcut('before');
  widths.forEach((filters, stage) => {
    for (let block = 1; block <= blocks; block++) {
      const stride = stage > 0 && block === 1 ? 2 : 1;
      features = basicBlock(`layer${stage + 1}_block${block}`, filters, stride, features, seed, shortcut);
    }
  });
  features = tfl.layers
    .averagePooling2d({ name: 'avgpool', poolSize: window, strides: 1 })
    .apply(features) as tfl.SymbolicTensor;
  features = tfl.layers.flatten({ name: 'flatten' }).apply(features) as tfl.SymbolicTensor;
  const logits = tfl.layers
    .dense({
      name: 'fc',
      units: classes,
      kernelInitializer: normalFanIn(features.shape[1]!, seed, 'fc'),
    })
    .apply(features) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs: logits, name: options.name });
}

const shared = {
  family: 'resnet-branchynet',
  paper: branchyNetPaper,
  defaultDataset: 'cifar10',
  inputShape: [32, 32, 3],
  classes: 10,
  build: (options: BackboneOptions) => buildResNet(options),
} as const;

function exitsAfter(first: string, blocks: number, filters: readonly number[]): ExitSpecification[] {
  const [wide = 0, ...rest] = filters;
  return [
    {
      after: first,
      head: {
        name: 'branchynet',
        options: {
          convolutions: [{ filters: wide, kernelSize: 5 }, ...rest],
          pooling: null,
          normalizedBefore: 1,
        },
      },
    },
    { after: `layer1_block${blocks}_relu2`, head: 'residual' },
  ];
}

const branchy = { ...shared, lossWeights: [1, 1, 1] };

/** ResNet-110 of the BranchyNet code, and B-ResNet-110 with the exits of the code and of the paper's text. */
export const branchyNetResnetModels: readonly ModelDefinition[] = [
  {
    ...shared,
    name: 'resnet110_branchynet',
    description:
      'ResNet-110 for 32×32 images as in the BranchyNet code: 30 pixels after the first convolution',
    exits: [],
    lossWeights: null,
  },
  {
    ...branchy,
    name: 'b_resnet110',
    description: 'ResNet-110 with exits after the first and the 37th convolution, as in the released code',
    exits: exitsAfter('relu1', 18, [64, 32, 32]),
  },
  {
    ...branchy,
    name: 'b_resnet110_paper',
    description: 'ResNet-110 with exits after the second and the 37th convolution, as in the paper’s text',
    exits: exitsAfter('layer1_block1_relu1', 18, [64, 32, 32]),
  },
];

/** The same family in miniature, for tests that must be fast. */
export const branchyNetResnetTestModels: readonly ModelDefinition[] = [
  {
    ...branchy,
    family: 'test',
    name: 'test_b_resnet',
    description: 'B-ResNet-110 in miniature, with the exits of the released code',
    defaultDataset: null,
    inputShape: [10, 10, 3],
    classes: 4,
    exits: exitsAfter('relu1', 1, [6, 3, 3]),
    build: (options) => buildResNet(options, { blocks: 1, widths: [4, 6, 8], window: 2 }),
  },
];
