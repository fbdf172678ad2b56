// Models as Keras 2 and 3 save them, converted for TensorFlow.js: with a depthwise and a separable convolution.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '@earlyexit/core';
import { tf, tfl } from '../tf';

/** A weight of a saved model. */
export type Weight = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
};

/** Random weights; variances are positive. */
export function noise(shapes: Readonly<Record<string, readonly number[]>>): Weight[] {
  const random = randomStream(3);
  return Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    const shift = /variance/.test(name) ? 0 : -0.5;
    return { name, shape, values: Float32Array.from({ length: size }, () => random() + shift) };
  });
}

/** Writes `model.json` and the weights into a folder; the weights in two files, split in the middle of a weight. */
export function write(folder: string, name: string, json: object, weights: readonly Weight[]): string {
  const directory = mkdtempSync(join(folder, name));
  const data = Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer)));
  const middle = Math.floor(data.length / 2);
  const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
  writeFileSync(join(directory, paths[0]!), data.subarray(0, middle));
  writeFileSync(join(directory, paths[1]!), data.subarray(middle));
  const specifications = weights.map(({ values: _, ...rest }) => ({ ...rest, dtype: 'float32' }));
  const manifest = [{ paths, weights: specifications }];
  writeFileSync(join(directory, 'model.json'), JSON.stringify({ ...json, weightsManifest: manifest }));
  return directory;
}

/** The network described below, built by TensorFlow.js with the same weights. */
export function expectedNetwork(weights: readonly Weight[]): tfl.LayersModel {
  const { layers } = tfl;
  const input = tfl.input({ shape: [8, 8, 3] });
  const rescaled = layers.rescaling({ scale: 2, offset: -1 }).apply(input);
  const conv = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false }).apply(rescaled);
  const normalized = layers.batchNormalization({ epsilon: 0.001 }).apply(conv);
  const relu = layers.reLU({ maxValue: 6 }).apply(normalized);
  const depthwise = layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', strides: 1 }).apply(relu);
  const leaky = layers.leakyReLU({ alpha: 0.1 }).apply(depthwise);
  const sum = layers.add().apply([leaky, relu] as tfl.SymbolicTensor[]);
  const separable = layers.separableConv2d({ filters: 5, kernelSize: 2, activation: 'swish' }).apply(sum);
  const pooled = layers.globalAveragePooling2d({}).apply(separable);
  const output = layers.dense({ units: 3, activation: 'softmax' }).apply(pooled) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: output });
  const values = model.weights.map((weight) => {
    const [layer, own] = weight.originalName.split('/');
    const kind = {
      conv: 'conv',
      depthwise: 'depthwise',
      separable: 'separable',
      batch: 'bn',
      dense: 'dense',
    };
    const prefix = Object.entries(kind).find(([start]) => layer!.startsWith(start))![1];
    const { values: data, shape } = weights.find(({ name }) => name.endsWith(`${prefix}/${own!}`))!;
    return tf.tensor(data, shape as number[]);
  });
  model.setWeights(values);
  return model;
}

export const SHAPES = {
  'conv/kernel': [3, 3, 3, 4],
  'bn/gamma': [4],
  'bn/beta': [4],
  'bn/moving_mean': [4],
  'bn/moving_variance': [4],
  'depthwise/depthwise_kernel': [3, 3, 4, 1],
  'depthwise/bias': [4],
  'separable/depthwise_kernel': [2, 2, 4, 1],
  'separable/pointwise_kernel': [1, 1, 4, 5],
  'separable/bias': [5],
  'dense/kernel': [5, 3],
  'dense/bias': [3],
};

const glorot = { class_name: 'GlorotUniform', config: { seed: null } };
const glorot3 = { module: 'keras.initializers', registered_name: null, ...glorot };
const policy3 = {
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name: 'float32' },
  registered_name: null,
};

/** As Keras 2 writes it, `[name, class, settings, inputs]` spelled out. */
export function keras2(): object {
  const layer = (name: string, className: string, config: object, ...inputs: string[]) => ({
    class_name: className,
    name,
    config: { name, trainable: true, dtype: 'float32', ...config },
    inbound_nodes: inputs.length === 0 ? [] : [inputs.map((from) => [from, 0, 0, {}])],
  });
  const layers = [
    layer('image', 'InputLayer', { batch_input_shape: [null, 8, 8, 3], sparse: false, ragged: false }),
    layer('rescaled', 'Rescaling', { scale: 2, offset: -1 }, 'image'),
    layer(
      'conv',
      'Conv2D',
      {
        ...{
          filters: 4,
          kernel_size: [3, 3],
          strides: [1, 1],
          padding: 'same',
          data_format: 'channels_last',
        },
        ...{ dilation_rate: [1, 1], groups: 1, activation: 'linear', use_bias: false },
        ...{ kernel_initializer: glorot, kernel_regularizer: { class_name: 'L2', config: { l2: 0.01 } } },
      },
      'rescaled',
    ),
    layer(
      'bn',
      'BatchNormalization',
      { axis: [3], momentum: 0.99, epsilon: 0.001, center: true, scale: true },
      'conv',
    ),
    layer('relu', 'ReLU', { max_value: 6, negative_slope: 0, threshold: 0 }, 'bn'),
    layer(
      'depthwise',
      'DepthwiseConv2D',
      {
        ...{ kernel_size: [3, 3], strides: [1, 1], padding: 'same', data_format: 'channels_last', groups: 1 },
        ...{ dilation_rate: [1, 1], activation: 'linear', use_bias: true, depth_multiplier: 1 },
        ...{ depthwise_initializer: glorot, depthwise_regularizer: null, depthwise_constraint: null },
      },
      'relu',
    ),
    layer('leaky', 'LeakyReLU', { alpha: 0.1 }, 'depthwise'),
    layer('sum', 'Add', {}, 'leaky', 'relu'),
    layer(
      'separable',
      'SeparableConv2D',
      {
        ...{
          filters: 5,
          kernel_size: [2, 2],
          strides: [1, 1],
          padding: 'valid',
          data_format: 'channels_last',
        },
        ...{ dilation_rate: [1, 1], groups: 1, activation: 'silu', use_bias: true, depth_multiplier: 1 },
        ...{ depthwise_initializer: glorot, pointwise_initializer: glorot },
      },
      'sum',
    ),
    layer('drop', 'SpatialDropout2D', { rate: 0.2 }, 'separable'),
    layer('pool', 'GlobalAveragePooling2D', { data_format: 'channels_last', keepdims: false }, 'drop'),
    layer(
      'dense',
      'Dense',
      { units: 3, activation: 'softmax', use_bias: true, kernel_initializer: glorot },
      'pool',
    ),
  ];
  const config = { name: 'net', layers, input_layers: [['image', 0, 0]], output_layers: [['dense', 0, 0]] };
  return {
    format: 'layers-model',
    generatedBy: 'keras v2.9.0',
    convertedBy: 'TensorFlow.js Converter v3.19.0',
    modelTopology: {
      keras_version: '2.9.0',
      backend: 'tensorflow',
      model_config: { class_name: 'Functional', config },
    },
  };
}

/** The same as Keras 3 writes it: types are policies, shapes `batch_shape`, connections arguments with a history. */
export function keras3(): object {
  const two = keras2() as { modelTopology: { model_config: { config: { layers: Layer[] } } } };
  type Layer = {
    class_name: string;
    name: string;
    config: Record<string, unknown>;
    inbound_nodes: [string][][];
  };
  const layers = two.modelTopology.model_config.config.layers.map(
    ({ class_name: className, name, config, inbound_nodes: nodes }) => {
      const { batch_input_shape: shape, ragged: _, alpha, ...settings } = config;
      const tensors = (nodes[0] ?? []).map(([from]) => ({
        class_name: '__keras_tensor__',
        config: { shape: [null, 8, 8, 4], dtype: 'float32', keras_history: [from, 0, 0] },
      }));
      return {
        module: 'keras.layers',
        class_name: className,
        registered_name: null,
        name,
        build_config: { input_shape: [null, 8, 8, 4] },
        config: {
          ...settings,
          dtype: className === 'InputLayer' ? 'float32' : policy3,
          ...(shape === undefined ? {} : { batch_shape: shape }),
          ...(alpha === undefined ? {} : { negative_slope: alpha }),
          ...(settings['kernel_initializer'] === undefined
            ? {}
            : { kernel_initializer: glorot3, quantization_config: null }),
          ...(className === 'BatchNormalization' ? { axis: -1, synchronized: false } : {}),
        },
        inbound_nodes:
          tensors.length === 0
            ? []
            : [
                {
                  args: className === 'Add' ? [tensors] : tensors,
                  kwargs: className === 'Add' ? {} : { mask: null },
                },
              ],
      };
    },
  );
  const config = {
    name: 'net',
    trainable: true,
    layers,
    input_layers: ['image', 0, 0],
    output_layers: ['dense', 0, 0],
  };
  return {
    format: 'layers-model',
    generatedBy: 'keras v3.4.1',
    convertedBy: 'TensorFlow.js Converter v4.22.0',
    modelTopology: {
      keras_version: '3.4.1',
      backend: 'tensorflow',
      model_config: { class_name: 'Functional', module: 'keras.src.models.functional', config },
    },
  };
}
