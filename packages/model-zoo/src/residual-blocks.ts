import { heNormalFanOut, uniformFanIn } from './initializers';
import { tfl } from './tf';

/*
 * The building blocks of the ResNets of He et al. (2015), for CIFAR and for ImageNet. Layers are named
 * `layer<stage>_block<block>_<part>`, counted from 1; a block ends in its last ReLU.
 */

/** The stride of a convolution or pooling. */
export type Stride = 1 | 2;

/**
 * Two 3×3 convolutions beside a shortcut, `[batch, height, width, channels]` to
 * `[batch, height / stride, width / stride, filters]`; ends in `<prefix>_relu2`.
 *
 * @param shortcut makes the shortcut where its shape has to change
 */
export function basicBlock(
  prefix: string,
  filters: number,
  stride: Stride,
  input: tfl.SymbolicTensor,
  seed: number,
  shortcut: typeof projectionShortcut = projectionShortcut,
): tfl.SymbolicTensor {
  let features = convolution(`${prefix}_conv1`, filters, 3, stride, input, seed);
  features = normalization(`${prefix}_bn1`, features);
  features = relu(`${prefix}_relu1`, features);
  features = convolution(`${prefix}_conv2`, filters, 3, 1, features, seed);
  features = normalization(`${prefix}_bn2`, features);
  return relu(`${prefix}_relu2`, joined(prefix, filters, stride, input, features, seed, shortcut));
}

/** The factor by which a bottleneck widens at its end. */
const EXPANSION = 4;

/**
 * 1×1, 3×3 and 1×1 convolutions beside a shortcut; ends in `<prefix>_relu3` with four times as many channels as
 * `filters`. The 3×3 convolution has the stride, as in torchvision and the original example, not the first 1×1
 * convolution, as in the paper.
 */
export function bottleneckBlock(
  prefix: string,
  filters: number,
  stride: Stride,
  input: tfl.SymbolicTensor,
  seed: number,
): tfl.SymbolicTensor {
  let features = convolution(`${prefix}_conv1`, filters, 1, 1, input, seed);
  features = normalization(`${prefix}_bn1`, features);
  features = relu(`${prefix}_relu1`, features);
  features = convolution(`${prefix}_conv2`, filters, 3, stride, features, seed);
  features = normalization(`${prefix}_bn2`, features);
  features = relu(`${prefix}_relu2`, features);
  features = convolution(`${prefix}_conv3`, EXPANSION * filters, 1, 1, features, seed);
  features = normalization(`${prefix}_bn3`, features);
  return relu(
    `${prefix}_relu3`,
    joined(prefix, EXPANSION * filters, stride, input, features, seed, projectionShortcut),
  );
}

function joined(
  prefix: string,
  filters: number,
  stride: Stride,
  input: tfl.SymbolicTensor,
  features: tfl.SymbolicTensor,
  seed: number,
  shortcut: typeof projectionShortcut,
): tfl.SymbolicTensor {
  const fits = stride === 1 && input.shape[3] === filters;
  const passed = fits ? input : shortcut(prefix, filters, stride, input, seed);
  return tfl.layers.add({ name: `${prefix}_add` }).apply([features, passed]) as tfl.SymbolicTensor;
}

/** Option B: 1×1 convolution and batch normalisation. */
export function projectionShortcut(
  prefix: string,
  filters: number,
  stride: Stride,
  input: tfl.SymbolicTensor,
  seed: number,
): tfl.SymbolicTensor {
  const projected = convolution(`${prefix}_downsample_conv`, filters, 1, stride, input, seed);
  return normalization(`${prefix}_downsample_bn`, projected);
}

/**
 * Option A, built from stock layers so that any TensorFlow.js program can open the saved network: average pooling over
 * windows of one pixel picks every second pixel, and zero padding set to `channelsFirst` pads the last two axes of
 * `[batch, height, width, channels]`, with nothing for the width.
 *
 * @param zeros where the channels of zeros go: half on either side, or all before the others
 */
export function identityShortcut(zeros: 'around' | 'before' = 'around'): typeof projectionShortcut {
  return (prefix, filters, stride, input) => {
    const missing = filters - input.shape[3]!;
    const before = zeros === 'before' ? missing : Math.floor(missing / 2);
    const strided = tfl.layers
      .averagePooling2d({ name: `${prefix}_shortcut_stride`, poolSize: 1, strides: stride })
      .apply(input) as tfl.SymbolicTensor;
    return tfl.layers
      .zeroPadding2d({
        name: `${prefix}_shortcut_pad`,
        dataFormat: 'channelsFirst',
        padding: [
          [0, 0],
          [before, missing - before],
        ],
      })
      .apply(strided) as tfl.SymbolicTensor;
  };
}

/** A convolution without bias, initialised as He et al. do, that pads `(kernelSize − 1) / 2` pixels on every side. */
export function convolution(
  name: string,
  filters: number,
  kernelSize: 1 | 3 | 7,
  stride: Stride,
  input: tfl.SymbolicTensor,
  seed: number,
): tfl.SymbolicTensor {
  let padded = input;
  const padding = (kernelSize - 1) / 2;
  if (padding > 0 && stride === 2) {
    // `same` would pad an even size on one side only, and its windows would sit one pixel off those of the
    // original, which pads every side alike.
    padded = tfl.layers
      .zeroPadding2d({ name: `${name}_pad`, padding: [padding, padding] })
      .apply(input) as tfl.SymbolicTensor;
  }
  return tfl.layers
    .conv2d({
      name,
      filters,
      kernelSize,
      strides: stride,
      padding: padding > 0 && stride === 1 ? 'same' : 'valid',
      useBias: false,
      kernelInitializer: heNormalFanOut(kernelSize, filters, seed, name),
    })
    .apply(padded) as tfl.SymbolicTensor;
}

/** Batch normalisation. */
export function normalization(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
  // PyTorch's defaults, with which these networks were published: its momentum of 0.1 is 0.9 here.
  return tfl.layers
    .batchNormalization({ name, momentum: 0.9, epsilon: 1e-5 })
    .apply(input) as tfl.SymbolicTensor;
}

/** `max(x, 0)` */
export function relu(name: string, input: tfl.SymbolicTensor): tfl.SymbolicTensor {
  return tfl.layers.reLU({ name }).apply(input) as tfl.SymbolicTensor;
}

/** The end of a ResNet: global average pooling `avgpool`, and one dense layer `fc` to the logits. */
export function classifier(features: tfl.SymbolicTensor, classes: number, seed: number): tfl.SymbolicTensor {
  const pooled = tfl.layers.globalAveragePooling2d({ name: 'avgpool' }).apply(features) as tfl.SymbolicTensor;
  const kernelInitializer = uniformFanIn(pooled.shape[1]!, seed, 'fc');
  return tfl.layers
    .dense({ name: 'fc', units: classes, kernelInitializer })
    .apply(pooled) as tfl.SymbolicTensor;
}
