import type { BackboneOptions, ModelDefinition } from './model-definition';
import { basicBlock, bottleneckBlock, classifier, convolution, normalization, relu } from './residual-blocks';
import { tfl } from './tf';

/** How one ImageNet ResNet differs from another. */
interface ResNetShape {
  readonly block: typeof bottleneckBlock;
  /** Blocks of each of the four stages. */
  readonly stages: readonly [number, number, number, number];
}

const stageWidths = [64, 128, 256, 512] as const;

/**
 * A ResNet for 224×224 images (He et al. 2015, §4.1, in torchvision's form): a 7×7 stem and max pooling, four stages
 * of blocks, global average pooling, one dense layer.
 */
function buildResNet(
  { inputShape, classes, name, seed }: BackboneOptions,
  shape: ResNetShape,
): tfl.LayersModel {
  const input = tfl.input({ shape: [...inputShape], name: 'input' });
  let features = convolution('conv1', stageWidths[0], 7, 2, input, seed);
  features = normalization('bn1', features);
  features = relu('relu1', features);
  features = pooledStem(features);
  stageWidths.forEach((filters, stage) => {
    for (let block = 1; block <= shape.stages[stage]!; block++) {
      const stride = stage > 0 && block === 1 ? 2 : 1;
      features = shape.block(`layer${stage + 1}_block${block}`, filters, stride, features, seed);
    }
  });
  const logits = classifier(features, classes, seed);
  return tfl.model({ inputs: input, outputs: logits, name });
}

/** 3×3 max pooling with a stride of 2 and one pixel of padding: zeros, which beat no value after a ReLU. */
function pooledStem(features: tfl.SymbolicTensor): tfl.SymbolicTensor {
  const padded = tfl.layers
    .zeroPadding2d({ name: 'maxpool_pad', padding: [1, 1] })
    .apply(features) as tfl.SymbolicTensor;
  return tfl.layers
    .maxPooling2d({ name: 'maxpool', poolSize: 3, strides: 2, padding: 'valid' })
    .apply(padded) as tfl.SymbolicTensor;
}

const depths: readonly (readonly [depth: number, shape: ResNetShape])[] = [
  [18, { block: basicBlock, stages: [2, 2, 2, 2] }],
  [34, { block: basicBlock, stages: [3, 4, 6, 3] }],
  [50, { block: bottleneckBlock, stages: [3, 4, 6, 3] }],
  [101, { block: bottleneckBlock, stages: [3, 4, 23, 3] }],
  [152, { block: bottleneckBlock, stages: [3, 8, 36, 3] }],
];

const shared = {
  family: 'resnet-imagenet',
  defaultDataset: null,
  inputShape: [224, 224, 3],
  classes: 1000,
} as const;

function variantsOf([depth, shape]: (typeof depths)[number]): readonly ModelDefinition[] {
  const name = `resnet${depth}`;
  const last = shape.block === bottleneckBlock ? 'relu3' : 'relu2';
  const build = (options: BackboneOptions) => buildResNet(options, shape);
  return [
    {
      ...shared,
      name,
      description: `ResNet-${depth} for ImageNet, in torchvision's form`,
      paper: 'He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015 (arXiv:1512.03385)',
      exits: [],
      lossWeights: null,
      build,
    },
    {
      ...shared,
      name: `${name}_earlyexit`,
      description:
        depth === 50
          ? 'ResNet-50 with exits after the first and the second stage, as in the original example'
          : `ResNet-${depth} with exits after the first and the second stage, by the rule of the original's ResNet-50`,
      paper: 'Early exit in Distiller (IntelLabs/distiller, Apache-2.0), after BranchyNet (arXiv:1709.01686)',
      exits: [
        { after: `layer1_block${shape.stages[0]}_${last}`, head: 'conv-pool-dense' },
        {
          after: `layer2_block${shape.stages[1]}_${last}`,
          head: { name: 'conv-pool-dense', options: { filters: 12 } },
        },
      ],
      // The weights of the original's own example command for ImageNet, `--earlyexit_lossweights 0.1 0.3`.
      lossWeights: [0.1, 0.3, 0.6],
      build,
    },
  ];
}

/** ResNet-18, 34, 50, 101 and 152 for ImageNet: plain, and with the two exits of the original example. */
export const resnetImagenetModels: readonly ModelDefinition[] = depths.flatMap(variantsOf);
