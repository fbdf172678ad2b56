import { randomStream } from '@earlyexit/core';
import { selectEngine } from '@earlyexit/backend';
import { attachExits, type MultiExitModel } from '@earlyexit/branch-head';
import { argmaxRows, simulate } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import * as tfl from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportConditional } from './export-conditional';
import { exportExits } from './export-exits';
import { exportStaged } from './export-staged';
import { exportStatic } from './export-static';
import {
  asInput,
  channelsFirst,
  noise,
  openSession,
  randomThresholds,
  referenceLogits,
} from './testing/compare';
import { quantizationFor } from './testing/quantize';
import { randomizeWeights, randomNetwork, specialLayers } from '@earlyexit/testing/networks';

beforeAll(async () => {
  await selectEngine('cpu');
});

type Results = ort.InferenceSession.OnnxValueMapType;

async function run(file: Uint8Array, feeds: Record<string, ort.Tensor>): Promise<Results> {
  const session = await openSession(file);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

const floats = (results: Results, name: string): Float32Array => results[name]!.data as Float32Array;

/** How far logits are from others, in standard deviations of those. */
function distance(actual: Float32Array, expected: ArrayLike<number>): number {
  const values = Array.from(expected);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const error = values.reduce((sum, value, i) => sum + (actual[i]! - value) ** 2, 0) / values.length;
  return Math.sqrt(error / Math.max(variance, 1e-12));
}

/** Holds every int8 file of a network against TensorFlow.js, and against each other. */
async function checkInt8(model: MultiExitModel, seed: number, samples: number): Promise<number> {
  const images = noise(model, samples, seed);
  const cached = referenceLogits(model, images, samples);
  const pixels = channelsFirst(model, images, samples);
  const quantization = await quantizationFor(model, images, samples, 'min-max');
  const every = await run(await exportExits(model, { quantization }), { pixel_values: pixels });
  const exits = cached.exits.map((_, exit) => floats(every, `logits_${exit}`));
  const plain = await run(await exportStatic(model, { quantization }), { pixel_values: pixels });
  // Without the exits, some tensors in the middle need not be stored.
  expect(distance(floats(plain, 'logits'), exits.at(-1)!)).toBeLessThan(0.1);

  const thresholds = randomThresholds(
    { ...cached, exits },
    'margin',
    exits.map(() => 1),
    randomStream(seed),
  );
  const expected = simulate({ ...cached, exits }, { criterion: 'margin', thresholds });
  const early = await run(await exportConditional(model, { quantization, criterion: 'margin' }), {
    pixel_values: pixels,
    ...(thresholds.length === 0 ? {} : { thresholds: asInput('margin', thresholds) }),
  });
  expect(Array.from(early['exit_index']!.data as BigInt64Array, Number)).toEqual([...expected.exitIndex]);
  expect([...argmaxRows(floats(early, 'logits'), cached.classes)]).toEqual([...expected.classes]);
  return Math.max(...exits.map((logits, exit) => distance(logits, cached.exits[exit]!)));
}

// Random weights pass errors on undamped, and a logit that hardly varies is all error: networks that learned are
// nearer by far. Half a deviation is still no accident.
it.each(Array.from({ length: 16 }, (_, seed) => seed))(
  'random network %i runs as int8, its logits near those in float32',
  async (seed) => {
    const model = randomNetwork(seed);
    expect(await checkInt8(model, seed, 16)).toBeLessThan(0.5);
    model.model.dispose();
  },
);

it.each(Object.entries(specialLayers))('runs %s as int8', async (_, network) => {
  const model = network();
  expect(await checkInt8(model, 5, 16)).toBeLessThan(0.5);
  model.model.dispose();
});

describe.each(['test_b_lenet', 'test_b_alexnet', 'test_b_resnet', 'test_resnet_3exits', 'test_resnet_1exit'])(
  '%s',
  (name) => {
    it('answers alike with exits, without, and in stages that pass uint8 on', async () => {
      const model = createModel(name);
      randomizeWeights(model.model, 3);
      expect(await checkInt8(model, 5, 24)).toBeLessThan(0.2);
      const images = noise(model, 7);
      const quantization = await quantizationFor(model, images, 7);
      const pixels = channelsFirst(model, images, 7);
      const every = await run(await exportExits(model, { quantization }), { pixel_values: pixels });
      const { manifest, files } = await exportStaged(model, { quantization });
      let tensors: Record<string, ort.Tensor> = { pixel_values: pixels };
      for (const [index, { file, carried }] of manifest.stages.entries()) {
        const result = await run(files.get(file)!, tensors);
        expect(distance(floats(result, 'logits'), floats(every, `logits_${index}`))).toBeLessThan(1e-3);
        tensors = Object.fromEntries(carried.map((tensor) => [tensor.name, result[tensor.name]!]));
        for (const tensor of carried) {
          expect(tensors[tensor.name]!.type).toBe(tensor.type);
          if (tensor.shape.length === 3)
            expect(tensor).toMatchObject({ type: 'uint8', zeroPoint: expect.any(Number) as number });
        }
      }
      model.model.dispose();
    });
  },
);

it('gives the classes of float32 to more than 97 % of the images, once trained', async () => {
  const model = await trainBars();
  const { images, labels } = bars(400, 9);
  const cached = referenceLogits(model, images, labels.length);
  const quantization = await quantizationFor(model, bars(128, 8).images, 128);
  const pixels = channelsFirst(model, images, labels.length);
  const every = await run(await exportExits(model, { quantization }), { pixel_values: pixels });
  cached.exits.forEach((logits, exit) => {
    const before = argmaxRows(logits, 2);
    const after = argmaxRows(floats(every, `logits_${exit}`), 2);
    const right = before.reduce((sum, value, row) => sum + (value === labels[row] ? 1 : 0), 0);
    const same = before.reduce((sum, value, row) => sum + (value === after[row] ? 1 : 0), 0);
    expect(right / labels.length).toBeGreaterThan(0.8);
    expect(same / labels.length).toBeGreaterThan(0.97);
  });
  model.model.dispose();
});

it('computes with whole numbers from the first convolution on, behind a colour input too', async () => {
  const model = createModel('test_b_lenet');
  const quantization = await quantizationFor(model, noise(model, 8), 8);
  const options = { quantization, thresholds: ['never'], thresholdsAs: 'constants' } as const;
  const countStored = (file: Uint8Array): number =>
    new TextDecoder('latin1').decode(file).split('QuantizeLinear').length;
  const gray = await exportConditional(model, options);
  const colored = await exportConditional(model, { ...options, colorInput: true });
  expect(countStored(colored)).toBe(countStored(gray));
  expect(colored.length).toBeLessThan(gray.length + 2_000);
  model.model.dispose();
});

/** Pictures of a bar that lies or stands, with noise. */
function bars(count: number, seed: number): { images: Float32Array; labels: Int32Array } {
  const random = randomStream(seed);
  const images = Float32Array.from({ length: count * 64 }, () => (random() - 0.5) * 1.6);
  const labels = Int32Array.from({ length: count }, () => (random() < 0.5 ? 0 : 1));
  labels.forEach((label, image) => {
    const line = Math.floor(random() * 8);
    for (let i = 0; i < 8; i++) images[image * 64 + (label === 0 ? line * 8 + i : i * 8 + line)]! += 1;
  });
  return { images, labels };
}

/** A small network with two exits that tells the bars apart. */
async function trainBars(): Promise<MultiExitModel> {
  const { layers } = tfl;
  const input = tfl.input({ shape: [8, 8, 1] });
  const convolve = (name: string, filters: number, seed: number) =>
    layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: tfl.initializers.glorotUniform({ seed }),
    });
  const first = convolve('first', 6, 1).apply(input);
  const second = convolve('second', 6, 2).apply(layers.maxPooling2d({ poolSize: 2 }).apply(first));
  const sum = layers.dense({ units: 2, kernelInitializer: tfl.initializers.glorotUniform({ seed: 3 }) });
  const output = sum.apply(layers.flatten().apply(second)) as tfl.SymbolicTensor;
  const network = attachExits(tfl.model({ inputs: input, outputs: output }), [
    { after: 'first', head: 'linear' },
  ]);
  const { images, labels } = bars(256, 7);
  const x = tf.tensor(images, [256, 8, 8, 1]);
  const y = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 2), 'float32'));
  const loss = (truth: tf.Tensor, logits: tf.Tensor): tf.Tensor =>
    tf.losses.softmaxCrossEntropy(truth, logits);
  network.model.compile({ optimizer: tf.train.adam(0.01), loss: [loss, loss] });
  await network.model.fit(x, [y, y], { epochs: 12, batchSize: 32, shuffle: false });
  x.dispose();
  y.dispose();
  return network;
}
