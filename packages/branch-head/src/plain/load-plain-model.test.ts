import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@earlyexit/core';
import { profileModel } from '@earlyexit/profiler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachExits } from '../attaching/attach-exits';
import { tf, tfl } from '../tf';
import { loadPlainModel } from './load-plain-model';

const folder = mkdtempSync(join(tmpdir(), 'earlyexit-plain-'));
type Weight = { readonly name: string; readonly shape: readonly number[]; readonly values: Float32Array };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Weights of noise; variances are positive. */
function noise(shapes: Readonly<Record<string, readonly number[]>>): Weight[] {
  const random = randomStream(3);
  return Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    const shift = /variance/.test(name) ? 0 : -0.5;
    return { name, shape, values: Float32Array.from({ length: size }, () => random() + shift) };
  });
}

/** Writes `model.json` and the weights, in two files that are cut in the middle of a weight. */
function write(name: string, json: object, weights: readonly Weight[]): string {
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

/** The network of the descriptions below, made by TensorFlow.js, with the same weights. */
function expectedNetwork(weights: readonly Weight[]): tfl.LayersModel {
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

const SHAPES = {
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
function keras2(): object {
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
function keras3(): object {
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

function predict(model: tfl.LayersModel): Float32Array {
  return tf.tidy(() => {
    const random = randomStream(9);
    const images = Float32Array.from({ length: 2 * 8 * 8 * 3 }, () => random());
    return (model.predict(tf.tensor4d(images, [2, 8, 8, 3])) as tf.Tensor).dataSync().slice() as Float32Array;
  });
}

function expectAlike(loaded: tfl.LayersModel, expected: tfl.LayersModel): void {
  predict(expected).forEach((value, i) => expect(predict(loaded)[i]).toBeCloseTo(value, 6));
}

describe('a model converted from Keras', () => {
  const weights = noise(SHAPES);
  const named = (rename: (name: string) => string): Weight[] =>
    weights.map((weight) => ({ ...weight, name: rename(weight.name) }));

  it.each([
    ['2', keras2(), weights],
    ['2, names with a number', keras2(), named((name) => `${name}:0`)],
    ['3', keras3(), weights],
    [
      '3, names with those of the model, kernels with one name',
      keras3(),
      named((name) => `net/${name.replace('e/depthwise_', 'e/')}`),
    ],
  ])('answers as it did: Keras %s', async (_, json, saved) => {
    const path = write('keras', json, saved);
    const loaded = await loadPlainModel(path);
    expectAlike(loaded, expectedNetwork(weights));
    const again = await loadPlainModel(join(path, 'model.json'));
    expectAlike(again, loaded);
    again.dispose();
    const { metadata } = attachExits(loaded, [{ after: 'sum', head: 'pooled' }]);
    expect(metadata.exits.map(({ name }) => name)).toEqual(['exit0', 'final']);
    expect(profileModel(loaded).macs).toBeGreaterThan(0);
  });

  it('lays flat a model that stands in a row of layers', async () => {
    const base = (
      keras2() as {
        modelTopology: {
          model_config: { config: { name: string; layers: { name: string }[]; output_layers: unknown } };
        };
      }
    ).modelTopology.model_config;
    base.config.layers = base.config.layers.filter(({ name }) => !['pool', 'dense'].includes(name));
    base.config.output_layers = [['drop', 0, 0]];
    const row = [
      { class_name: 'Functional', config: base.config },
      { class_name: 'GlobalAveragePooling2D', config: { name: 'pool', data_format: 'channels_last' } },
      { class_name: 'Dropout', config: { name: 'dropout', rate: 0.5 } },
      { class_name: 'Dense', config: { name: 'dense', units: 3, activation: 'softmax' } },
    ];
    const modelTopology = { class_name: 'Sequential', config: { name: 'sequential', layers: row } };
    const saved = [...weights, ...noise({ 'dropout/seed_generator/seed_generator_state': [2] })];
    const loaded = await loadPlainModel(write('nested', { modelTopology }, saved));
    expectAlike(loaded, expectedNetwork(weights));
    expect(loaded.layers.map(({ name }) => name)).toContain('conv');
  });

  it('applies a model inside a model as often as it was applied', async () => {
    const dense = (name: string, from: unknown[]) => ({
      ...{ class_name: 'Dense', name, config: { name, units: 2 } },
      inbound_nodes: from,
    });
    const input = (name: string) => ({
      ...{ class_name: 'InputLayer', name, config: { name, batch_shape: [null, 2] } },
      inbound_nodes: [],
    });
    const inner = {
      name: 'inner',
      layers: [input('start'), dense('shared', [[['start', 0, 0, {}]]])],
      ...{ input_layers: [['start', 0, 0]], output_layers: [['shared', 0, 0]] },
    };
    const config = {
      name: 'outer',
      layers: [
        input('image'),
        {
          class_name: 'Functional',
          name: 'inner',
          config: inner,
          inbound_nodes: [[['image', 0, 0, {}]], [['inner', 1, 0, { training: false }]]],
        },
      ],
      ...{ input_layers: [['image', 0, 0]], output_layers: [['inner', 2, 0]] },
    };
    const kernel = { name: 'shared/kernel', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) };
    const bias = { name: 'shared/bias', shape: [2], values: Float32Array.of(0, 1) };
    const loaded = await loadPlainModel(
      write('twice', { modelTopology: { class_name: 'Model', config } }, [kernel, bias]),
    );
    // (1, 0) to (1, 2) + (0, 1), and that once more.
    expect([...(loaded.predict(tf.tensor2d([[1, 0]])) as tf.Tensor).dataSync()]).toEqual([1 + 9, 2 + 12 + 1]);
  });

  it.each([
    ['another keepdims', 'pool', { keepdims: true }, 'has the layer with keepdims false alone'],
    ['groups', 'conv', { groups: 2 }, 'has the layer with groups 1 alone'],
    ['another threshold', 'relu', { threshold: 1 }, 'has the layer with threshold 0 alone'],
    ['a slope below a limit', 'relu', { negative_slope: 0.1 }, 'has the layer with negative_slope 0 alone'],
    ['another scale a channel', 'rescaled', { scale: [1, 2, 3] }, 'scale is a number'],
    [
      'an activation that differs',
      'conv',
      { activation: 'hard_sigmoid' },
      "another 'hard_sigmoid' than Keras 3",
    ],
  ])('is refused for %s, which would be passed over', async (_, layer, settings, message) => {
    const json = keras3() as {
      modelTopology: { model_config: { config: { layers: { name: string; config: object }[] } } };
    };
    const found = json.modelTopology.model_config.config.layers.find(({ name }) => name === layer)!;
    Object.assign(found.config, settings);
    await expect(loadPlainModel(write('refused', json, weights))).rejects.toThrow(message);
  });

  it('is refused where weights are missing, left over or cut, or a layer is unknown', async () => {
    const load = (json: object, saved: Weight[]) => loadPlainModel(write('damaged', json, saved));
    await expect(load(keras2(), weights.slice(1))).rejects.toThrow(
      /more, at weight|one weight 'conv\/kernel'/,
    );
    await expect(load(keras2(), [...weights, ...noise({ 'more/kernel': [1] })])).rejects.toThrow(
      "'more/kernel'",
    );
    const path = write('damaged', keras2(), weights);
    writeFileSync(join(path, 'group1-shard2of2.bin'), 'short');
    await expect(loadPlainModel(path)).rejects.toThrow('take');
    const json = keras2() as {
      modelTopology: { model_config: { config: { layers: { class_name: string }[] } } };
    };
    json.modelTopology.model_config.config.layers[4]!.class_name = 'Normalization';
    await expect(load(json, weights)).rejects.toThrow('Normalization');
  });
});

it('loads what TensorFlow.js saved, shared layers and quantised weights included', async () => {
  const shared = tfl.layers.dense({ units: 4, name: 'shared' });
  const input = tfl.input({ shape: [4] });
  const once = shared.apply(input) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: shared.apply(once) as tfl.SymbolicTensor });
  const artifacts = await new Promise<tf.io.ModelArtifacts>((resolve) => {
    void model.save(
      tf.io.withSaveHandler((saved) => {
        resolve(saved);
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
      }),
    );
  });
  const directory = mkdtempSync(join(folder, 'tfjs'));
  const data = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
  const json = (weights: unknown): string =>
    JSON.stringify({
      modelTopology: artifacts.modelTopology,
      weightsManifest: [{ paths: ['w.bin'], weights }],
    });
  writeFileSync(join(directory, 'model.json'), json(artifacts.weightSpecs));
  writeFileSync(join(directory, 'w.bin'), data);
  const images = tf.tensor2d([[1, 2, 3, 4]]);
  const answer = (of: tfl.LayersModel) => [...(of.predict(images) as tf.Tensor).dataSync()];
  expect(answer(await loadPlainModel(directory))).toEqual(answer(model));

  const quantization = { dtype: 'uint8', scale: 0.5, min: -1 };
  writeFileSync(
    join(directory, 'model.json'),
    json(artifacts.weightSpecs!.map((each) => ({ ...each, quantization }))),
  );
  writeFileSync(join(directory, 'w.bin'), new Uint8Array(20).fill(4));
  const loaded = await loadPlainModel(directory);
  expect(loaded.getWeights()[0]!.dataSync()[0]).toBe(4 * 0.5 - 1);
});

it('says what else a path is', async () => {
  await expect(loadPlainModel(join(folder, 'net.keras'))).rejects.toThrow('save_keras_model');
  await expect(loadPlainModel(join(folder, 'missing'))).rejects.toThrow('missing');
  await expect(loadPlainModel(write('graph', { format: 'graph-model' }, []))).rejects.toThrow(
    'layers format',
  );
  await expect(loadPlainModel(write('own', { userDefinedMetadata: { earlyexit: {} } }, []))).rejects.toThrow(
    'loadModel',
  );
  for (const modelTopology of [undefined, null, [], {}, { class_name: 'Dense', config: {} }]) {
    await expect(loadPlainModel(write('odd', { modelTopology }, []))).rejects.toThrow('Received:');
  }
});
