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
import { expectedNetwork, keras2, keras3, noise, SHAPES, type Weight, write } from './test-saved-keras';

const folder = mkdtempSync(join(tmpdir(), 'earlyexit-plain-'));

beforeAll(async () => {
  await tf.setBackend('cpu');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
    const path = write(folder, 'keras', json, saved);
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
    const loaded = await loadPlainModel(write(folder, 'nested', { modelTopology }, saved));
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
      write(folder, 'twice', { modelTopology: { class_name: 'Model', config } }, [kernel, bias]),
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
    await expect(loadPlainModel(write(folder, 'refused', json, weights))).rejects.toThrow(message);
  });

  it('is refused where weights are missing, left over or cut, or a layer is unknown', async () => {
    const load = (json: object, saved: Weight[]) => loadPlainModel(write(folder, 'damaged', json, saved));
    await expect(load(keras2(), weights.slice(1))).rejects.toThrow(
      /more, at weight|one weight 'conv\/kernel'/,
    );
    await expect(load(keras2(), [...weights, ...noise({ 'more/kernel': [1] })])).rejects.toThrow(
      "'more/kernel'",
    );
    const path = write(folder, 'damaged', keras2(), weights);
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
  await expect(loadPlainModel(write(folder, 'graph', { format: 'graph-model' }, []))).rejects.toThrow(
    'layers format',
  );
  await expect(
    loadPlainModel(write(folder, 'own', { userDefinedMetadata: { earlyexit: {} } }, [])),
  ).rejects.toThrow('loadModel');
  for (const modelTopology of [undefined, null, [], {}, { class_name: 'Dense', config: {} }]) {
    await expect(loadPlainModel(write(folder, 'odd', { modelTopology }, []))).rejects.toThrow('Received:');
  }
});
