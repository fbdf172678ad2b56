import type { EngineName } from '../engine';
import { hasKernel } from '../has-kernel';
import { tf, tfl } from '../tf';
import type { Draws } from '@earlyexit/testing';

/** A computation whose results every engine must agree on: values and gradients at a random size. */
export interface Computation {
  readonly name: string;
  /** How many random sizes to try. */
  readonly rounds: number;
  /** Draws a size and returns the computation; the draw is the same for every engine. */
  /** Engines that may answer differently, and why that is also right. */
  readonly exceptions?: Partial<Record<EngineName, string>>;
  readonly draw: (random: Draws) => { readonly size: unknown; readonly compute: () => tf.Tensor[] };
}

/** Normal values that depend on the seed alone, not on the engine. */
export function values(shape: readonly number[], seed: number): tf.Tensor {
  return tf.randomNormal([...shape] as [number], 0, 1, 'float32', seed);
}

/** The gradients of `f` at `inputs`, for a random gradient of its result; preceded by the result itself. */
function valueAndGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  const y = f(...inputs);
  return [y, ...tf.grads(f)(inputs, values(y.shape, 99))];
}

function drawPadding(
  random: Draws,
): 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]] {
  const side = (): [number, number] => [random.integer(0, 3), random.integer(0, 3)];
  return random.pick(['same', 'valid', [[0, 0], side(), side(), [0, 0]]]);
}

/** A normalisation in training and what follows it in a residual network, with all gradients and the moving statistics. */
function normalizeAndRectify(shape: number[], added: tf.Tensor | null): tf.Tensor[] {
  const layer = tfl.layers.batchNormalization({ inputShape: shape.slice(1) });
  layer.build(shape);
  layer.setWeights(layer.weights.map((weight, index) => tf.abs(values(weight.shape as number[], 5 + index))));
  const call = (x: tf.Tensor, shortcut?: tf.Tensor): tf.Tensor => {
    const followers = { addend: shortcut ?? null, done: false };
    const y = layer.apply(x, { training: true, followers }) as tf.Tensor;
    if (followers.done) return y;
    return tf.relu(shortcut === undefined ? y : tf.add(y, shortcut));
  };
  // Far from zero relative to their spread, as activations can be.
  const inputs = [tf.add(values(shape, 1), 4), ...(added === null ? [] : [added])];
  const dy = values(shape, 3);
  const { grads } = tf.variableGrads(() => tf.sum(tf.mul(call(...(inputs as [tf.Tensor, tf.Tensor?])), dy)));
  return [
    ...valueAndGradients(call, inputs),
    ...layer.trainableWeights.map((weight) => grads[weight.name] ?? grads[weight.originalName]!),
    ...layer.getWeights(),
  ];
}

/** The step of an optimizer as a kernel, or composed where the engine has none. */
function step(
  kernelName: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, number>,
  composed: () => tf.Tensor[],
): tf.Tensor[] {
  return hasKernel(kernelName)
    ? tf.engine().runKernel<tf.Tensor[]>(kernelName, inputs, attributes)
    : composed();
}

export const computations: readonly Computation[] = [
  {
    name: 'conv2d',
    rounds: 40,
    draw: (random) => {
      const filter = [
        random.integer(1, 5),
        random.integer(1, 5),
        random.integer(1, 18),
        random.integer(1, 22),
      ] as const;
      const input = [
        random.integer(1, 9),
        random.integer(filter[0], 11),
        random.integer(filter[1], 11),
        filter[2],
      ];
      const strides: [number, number] = [random.integer(1, 3), random.integer(1, 3)];
      const padding = drawPadding(random);
      return {
        size: { input, filter, strides, padding },
        compute: () =>
          valueAndGradients(
            (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, padding),
            [values(input, 1), values(filter, 2)],
          ),
      };
    },
  },
  {
    name: 'conv2d, many channels and positions',
    rounds: 3,
    draw: (random) => {
      const filter = [3, 3, random.pick([16, 32, 37]), random.pick([16, 33, 64])] as const;
      const input = [5, 7, 6, filter[2]];
      const strides = random.pick([1, 2]);
      return {
        size: { input, filter, strides },
        compute: () =>
          valueAndGradients(
            (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, 'same'),
            [values(input, 1), values(filter, 2)],
          ),
      };
    },
  },
  {
    name: 'fused conv2d with bias',
    rounds: 4,
    draw: (random) => {
      const channels = random.integer(1, 7);
      const padding = random.integer(0, 3);
      return {
        size: { channels, padding },
        compute: () =>
          valueAndGradients(
            (x, filter, bias) =>
              tf.fused.conv2d({
                x: x as tf.Tensor4D,
                filter: filter as tf.Tensor4D,
                bias,
                strides: 1,
                pad: padding,
              }),
            [values([3, 7, 8, 3], 1), values([3, 3, 3, channels], 2), values([channels], 3)],
          ),
      };
    },
  },
  {
    name: 'convolution layers in training',
    rounds: 8,
    draw: (random) => {
      const activation = random.pick(['linear', 'relu', 'tanh'] as const);
      const options = {
        ...{
          filters: random.integer(1, 6),
          kernelSize: random.integer(1, 3),
          strides: random.integer(1, 2),
          activation,
        },
        ...{ padding: random.pick(['same', 'valid'] as const), useBias: random.pick([true, false]) },
      };
      const shape = [3, 6, 7, random.integer(1, 5)];
      const around = random.integer(0, 3);
      return {
        size: { options, shape, around },
        compute: () => {
          const padding: [[number, number], [number, number]] = [
            [around, 1],
            [0, around],
          ];
          const pad = tfl.layers.zeroPadding2d({ padding });
          const first = tfl.layers.conv2d(options);
          const second = tfl.layers.conv2d({ ...options, kernelSize: 1 });
          const layers = [first, second];
          const call = (x: tf.Tensor): tf.Tensor => {
            // The reference pads by the layer.
            const isReference = tf.getBackend() === 'cpu';
            const image = isReference ? (pad.apply(x) as tf.Tensor) : x;
            const y = first.apply(image, { training: true, ...(isReference ? {} : { padding }) });
            return second.apply(y, { training: true }) as tf.Tensor;
          };
          const x = values(shape, 1);
          call(x);
          layers.forEach((layer) =>
            layer.setWeights(layer.weights.map((one, index) => values(one.shape as number[], 5 + index))),
          );
          const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(call(x))));
          const weights = layers.flatMap((layer) => layer.trainableWeights);
          return [
            value,
            ...weights.map((one) => grads[one.name] ?? grads[one.originalName]!),
            ...valueAndGradients(call, [x]),
          ];
        },
      };
    },
  },
  {
    name: 'batch normalisation in inference',
    rounds: 8,
    draw: (random) => {
      const shape = [random.integer(1, 40), random.integer(1, 20)];
      const channels = shape[1]!;
      return {
        size: { shape },
        compute: () => {
          const [mean, offset, scale] = [values([channels], 2), values([channels], 4), values([channels], 5)];
          const variance = tf.abs(values([channels], 3));
          const x = values([shape[0]!, 1, 1, channels], 1) as tf.Tensor4D;
          const [m, v, o, s] = [mean, variance, offset, scale] as [
            tf.Tensor1D,
            tf.Tensor1D,
            tf.Tensor1D,
            tf.Tensor1D,
          ];
          return [tf.batchNorm(x, m, v, o, s, 1e-3), tf.batchNorm(x, m, v, undefined, s, 1e-3)];
        },
      };
    },
  },
  {
    name: 'depthwise conv2d',
    rounds: 25,
    draw: (random) => {
      const filter = [
        random.integer(1, 4),
        random.integer(1, 4),
        random.integer(1, 9),
        random.integer(1, 3),
      ] as const;
      const input = [
        random.integer(1, 4),
        random.integer(filter[0], 10),
        random.integer(filter[1], 10),
        filter[2],
      ];
      const strides = random.integer(1, 3);
      const padding = random.pick(['same', 'valid'] as const);
      return {
        size: { input, filter, strides, padding },
        compute: () =>
          valueAndGradients(
            (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, padding),
            [values(input, 1), values(filter, 2)],
          ),
      };
    },
  },
  {
    name: 'max pooling',
    rounds: 40,
    draw: (random) => {
      const size: [number, number] = [random.integer(1, 3), random.integer(1, 3)];
      const strides: [number, number] = [random.integer(1, 3), random.integer(1, 3)];
      const input = [
        random.integer(1, 4),
        random.integer(3, 12),
        random.integer(3, 12),
        random.integer(1, 11),
      ];
      const padding = random.pick(['same', 'valid'] as const);
      return {
        size: { size, strides, input, padding },
        compute: () =>
          valueAndGradients((x) => tf.maxPool(x as tf.Tensor4D, size, strides, padding), [values(input, 1)]),
      };
    },
  },
  {
    name: 'max pooling with ties',
    exceptions: { webgpu: 'its gradient takes another of the equal places, as a subgradient may' },
    rounds: 6,
    draw: (random) => {
      const input = [2, 6, 6, random.integer(1, 9)];
      return {
        size: { input },
        compute: () =>
          valueAndGradients(
            (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'),
            [tf.round(tf.relu(values(input, 1)))],
          ),
      };
    },
  },
  {
    name: 'matMul',
    rounds: 40,
    draw: (random) => {
      const [rows, inner, columns] = [random.integer(1, 20), random.integer(1, 30), random.integer(1, 30)];
      const transposeA = random.pick([false, true]);
      const transposeB = random.pick([false, true]);
      return {
        size: { rows, inner, columns, transposeA, transposeB },
        compute: () =>
          valueAndGradients(
            (a, b) => tf.matMul(a, b, transposeA, transposeB),
            [
              values(transposeA ? [inner, rows] : [rows, inner], 1),
              values(transposeB ? [columns, inner] : [inner, columns], 2),
            ],
          ),
      };
    },
  },
  {
    name: 'dense layers',
    rounds: 15,
    draw: (random) => {
      const [rows, inner, columns] = [random.integer(1, 20), random.integer(1, 30), random.integer(1, 30)];
      const activation = random.pick(['linear', 'relu', 'sigmoid'] as const);
      const useBias = random.pick([true, false]);
      return {
        size: { rows, inner, columns, activation, useBias },
        compute: () => {
          const layer = tfl.layers.dense({ units: columns, activation, useBias });
          layer.build([rows, inner]);
          layer.setWeights(layer.weights.map((one, index) => values(one.shape as number[], 5 + index)));
          return valueAndGradients((x) => layer.apply(x) as tf.Tensor, [values([rows, inner], 1)]);
        },
      };
    },
  },
  {
    name: 'matMul of batches',
    rounds: 4,
    draw: (random) => {
      const batch = random.integer(1, 3);
      return {
        size: { batch },
        compute: () =>
          valueAndGradients((a, b) => tf.matMul(a, b), [values([batch, 3, 5], 1), values([batch, 5, 6], 2)]),
      };
    },
  },
  {
    name: 'sum',
    rounds: 30,
    draw: (random) => {
      const shape = Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 9));
      const axes = shape.map((_, axis) => axis).filter(() => random.next() < 0.5);
      const keepDims = random.pick([false, true]);
      const dtype = random.pick(['float32', 'int32'] as const);
      return {
        size: { shape, axes, keepDims, dtype },
        compute: () => [
          tf.sum(
            tf.cast(tf.mul(values(shape, 1), 10), dtype),
            axes.length === 0 ? undefined : axes,
            keepDims,
          ),
        ],
      };
    },
  },
  {
    name: 'sum of many',
    rounds: 3,
    draw: (random) => {
      const shape = [random.integer(2000, 5000), random.integer(4, 40)];
      return { size: { shape }, compute: () => [tf.sum(tf.add(values(shape, 1), 1), 0)] };
    },
  },
  {
    name: 'slice and pad',
    rounds: 30,
    draw: (random) => {
      const shape = Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 8));
      const begin = shape.map((length) => random.integer(0, length - 1));
      const size = shape.map((length, axis) => random.integer(1, length - begin[axis]!));
      const paddings = shape.map((): [number, number] => [random.integer(0, 3), random.integer(0, 3)]);
      const constant = random.pick([0, 0, 1.5]);
      const dtype = random.pick(['float32', 'int32', 'bool'] as const);
      return {
        size: { shape, begin, size, paddings, constant, dtype },
        compute: () => {
          const x = values(shape, 1);
          const typed = dtype === 'bool' ? tf.greater(x, 0) : tf.cast(tf.mul(x, 10), dtype);
          return [
            ...valueAndGradients((one) => tf.slice(one, begin, size), [x]),
            ...valueAndGradients((one) => tf.pad(one, paddings, constant), [x]),
            tf.slice(typed, begin, size),
            ...(dtype === 'bool' ? [] : [tf.pad(typed, paddings, 0)]),
          ];
        },
      };
    },
  },
  {
    name: 'relu',
    rounds: 8,
    draw: (random) => {
      const shape = [random.integer(1, 50)];
      return {
        size: { shape },
        compute: () => valueAndGradients((x) => tf.relu(x), [tf.round(values(shape, 1))]),
      };
    },
  },
  {
    name: 'unsorted segment sum (the gradient of gather)',
    rounds: 10,
    draw: (random) => {
      const shape = [
        random.integer(1, 8),
        ...Array.from({ length: random.integer(0, 2) }, () => random.integer(1, 5)),
      ];
      const indices = Array.from({ length: random.integer(1, 12) }, () => random.integer(0, shape[0]! - 1));
      return {
        size: { shape, indices },
        compute: () =>
          valueAndGradients((x) => tf.gather(x, tf.tensor1d(indices, 'int32')), [values(shape, 1)]),
      };
    },
  },
  {
    name: 'batch normalisation with a shortcut and ReLU in training',
    rounds: 16,
    draw: (random) => {
      const channels = random.pick([random.integer(4, 40), 16, 32]);
      const shape = random.pick([
        [random.integer(2, 5), random.integer(3, 6), random.integer(2, 6), channels],
        [random.integer(520, 1100), channels],
      ]);
      const withShortcut = random.pick([true, false]);
      return {
        size: { shape, withShortcut },
        compute: () => normalizeAndRectify(shape, withShortcut ? values(shape, 2) : null),
      };
    },
  },
  {
    // So large that TensorFlow's engine stores it differently.
    name: 'batch normalisation with a shortcut and ReLU of more than the caches hold',
    rounds: 1,
    exceptions: { wasm: 'it goes one way, whatever the size', webgpu: 'it goes one way, whatever the size' },
    draw: (random) => {
      const shape = [random.integer(1_030, 1_050), 1_024];
      // Some of a million results would be so close to zero that engines differ in their sign, and so in the gradient.
      const farFromZero = (): tf.Tensor => tf.mul(tf.sign(values(shape, 2)), 40);
      return { size: { shape }, compute: () => normalizeAndRectify(shape, farFromZero()) };
    },
  },
  {
    name: '1×1 convolutions with a stride',
    rounds: 60,
    draw: (random) => {
      const [rows, columns, inputs, outputs] = [
        random.integer(4, 12),
        random.integer(4, 12),
        random.integer(1, 16),
        random.integer(1, 6),
      ];
      const strides = [random.integer(1, 3), random.integer(2, 3)] as [number, number];
      const pad = random.pick(['same', 'valid'] as const);
      return {
        size: { rows, columns, inputs, outputs, strides, pad },
        compute: () =>
          valueAndGradients(
            (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad),
            [values([3, rows, columns, inputs], 1), values([1, 1, inputs, outputs], 2)],
          ),
      };
    },
  },
  {
    name: 'batch normalisation in training',
    rounds: 12,
    draw: (random) => {
      // Never few rows: with two rows the gradient is zero except for rounding, and no two ways to compute it agree.
      const shape = random.pick([
        [random.integer(2, 5), random.integer(3, 6), random.integer(2, 6), random.integer(1, 20)],
        [random.integer(150, 300), random.integer(1, 40)],
        [random.integer(12, 30), random.integer(1, 20)],
      ]);
      const options = { epsilon: random.pick([1e-3, 1e-5]), momentum: 0.9 };
      return {
        size: { shape, options },
        compute: () => {
          const layer = tfl.layers.batchNormalization({ ...options, inputShape: shape.slice(1) });
          layer.build(shape);
          layer.setWeights(
            layer.weights.map((weight, index) => tf.abs(values(weight.shape as number[], 5 + index))),
          );
          const inputs = [tf.add(tf.mul(values(shape, 1), 3), 2)];
          const call = (x: tf.Tensor): tf.Tensor => layer.apply(x, { training: true }) as tf.Tensor;
          const dy = values(shape, 3);
          const { grads, value } = tf.variableGrads(() => tf.sum(tf.mul(call(inputs[0]!), dy)));
          return [
            ...valueAndGradients(call, inputs),
            value,
            ...layer.trainableWeights.map((weight) => grads[weight.name] ?? grads[weight.originalName]!),
            ...layer.getWeights(),
            layer.apply(inputs[0]!, { training: false }) as tf.Tensor,
          ];
        },
      };
    },
  },
  {
    name: 'residual addition',
    rounds: 5,
    draw: (random) => {
      const shape = [...random.pick([[2], [70_000]]), random.integer(1, 5), random.integer(1, 5), 3];
      return {
        size: { shape },
        compute: () =>
          valueAndGradients((a, b) => tf.relu(tf.add(a, tf.relu(b))), [values(shape, 1), values(shape, 2)]),
      };
    },
  },
  {
    name: 'steps of optimizers',
    rounds: 8,
    draw: (random) => {
      const size = random.pick([1, 3, 4, 7, 1000, random.integer(5, 100_000)]);
      const decays = random.pick([true, false]);
      const draws = { weightDecay: random.next(), coupled: random.pick([0, 1]), apart: -random.next() };
      return {
        size: { size, decays, draws },
        compute: () => {
          const [gradient, first, parameters] = [values([size], 1), values([size], 2), values([size], 3)];
          const second = tf.square(values([size], 4));
          const decayed = decays ? { decayed: parameters } : {};
          const attributes = decays ? draws : { weightDecay: 0, coupled: 0, apart: 0 };
          const decay = tf.mul(parameters, attributes.weightDecay);
          const pull = tf.add(gradient, tf.mul(decay, attributes.coupled));
          const apart = tf.mul(decay, attributes.apart);
          const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-3, scale: -0.2, root: 1.5, ...attributes };
          const momentum = { momentum: 0.9, pullShare: 0.3, velocityShare: 0.6, scale: -0.2, ...attributes };
          return [
            ...step('AdamStep', { gradient, first, second, ...decayed }, adam, () => {
              const nextFirst = tf.add(tf.mul(first, 0.9), tf.mul(pull, 1 - 0.9));
              const nextSecond = tf.add(tf.mul(second, 0.999), tf.mul(tf.square(pull), 1 - 0.999));
              const divisor = tf.add(tf.mul(tf.sqrt(nextSecond), adam.root), adam.epsilon);
              const adapted = tf.mul(tf.div(nextFirst, divisor), adam.scale);
              return [tf.add(adapted, apart), nextFirst, nextSecond];
            }),
            ...step('MomentumStep', { gradient, velocity: first, ...decayed }, momentum, () => {
              const next = tf.add(tf.mul(first, 0.9), pull);
              const direction = tf.add(
                tf.mul(pull, momentum.pullShare),
                tf.mul(next, momentum.velocityShare),
              );
              return [tf.mul(tf.add(direction, apart), momentum.scale), next];
            }),
          ];
        },
      };
    },
  },
  {
    name: 'softmax cross-entropy',
    rounds: 4,
    draw: (random) => {
      const [batch, classes] = [random.integer(1, 9), random.integer(2, 12)];
      return {
        size: { batch, classes },
        compute: () => {
          const labels = tf.oneHot(
            tf.tensor1d(
              Int32Array.from({ length: batch }, (_, i) => i % classes),
              'int32',
            ),
            classes,
          );
          const loss = (logits: tf.Tensor): tf.Tensor => tf.losses.softmaxCrossEntropy(labels, logits);
          const logits = tf.mul(values([batch, classes], 1), 5);
          return [loss(logits), tf.grad(loss)(logits)];
        },
      };
    },
  },
];
