import { selectEngine } from '@earlyexit/backend';
import { attachExits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import { type WorkNote, type WorkProgress } from '@earlyexit/core';
import { randomizeWeights } from '@earlyexit/testing/networks';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { noise } from '../testing/compare';
import { fileOpener } from '../testing/quantize';
import { quantizeModel } from './quantize-model';

const COUNT = 80;
const open = fileOpener((data, count) => new ort.Tensor('float32', data, [count, 3, 8, 8]));
beforeAll(() => selectEngine('cpu'));

/** Two convolutions, an exit between them. */
function network(): MultiExitModel {
  const input = tfl.input({ shape: [8, 8, 3] });
  const conv = (name: string) =>
    tfl.layers.conv2d({ name, filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' });
  const features = conv('second').apply(conv('first').apply(input)) as tfl.SymbolicTensor;
  const pooled = tfl.layers.globalAveragePooling2d({}).apply(features);
  const output = tfl.layers.dense({ name: 'logits', units: 4 }).apply(pooled) as tfl.SymbolicTensor;
  const model = attachExits(
    tfl.model({ inputs: input, outputs: output }),
    [{ after: 'first', head: 'linear' }],
    { classes: ['a', 'b', 'c', 'd'], name: 'two' },
  );
  randomizeWeights(model.model, 5);
  return model;
}

function imagesFor(model: MultiExitModel): SampleSource {
  const data = noise(model, COUNT, 3);
  return {
    size: COUNT,
    labels: new Int32Array(COUNT),
    imageShape: [8, 8, 3],
    load: (rows) =>
      Promise.resolve(
        Float32Array.from([...rows].flatMap((row) => [...data.subarray(row * 192, (row + 1) * 192)])),
      ),
  };
}

/** One channel of the first convolution gives the same large number everywhere, and nobody after it looks at it. */
function withDeadChannel(model: MultiExitModel): MultiExitModel {
  const first = model.model.getLayer('first');
  const [kernel, bias] = first.getWeights();
  const large = [...bias!.dataSync()];
  large[0] = 3000;
  first.setWeights([kernel!, tf.tensor1d(large)]);
  for (const name of ['second', 'exit0_dense']) {
    const layer = model.model.getLayer(name);
    const [weights, offsets] = layer.getWeights();
    // Inputs of either layer lie channels last.
    const outputs = weights!.shape.at(-1)!;
    const seen = weights!.dataSync().map((value, i) => (Math.floor(i / outputs) % 8 === 0 ? 0 : value));
    const blind = tf.tensor(seen, weights!.shape);
    layer.setWeights([blind, offsets!]);
  }
  return model;
}

describe('quantizeModel', () => {
  it('measures ranges, runs both, and records on which samples', async () => {
    const model = network();
    const steps: WorkProgress[] = [];
    const quantized = await quantizeModel(model, imagesFor(model), {
      ...{ open, fingerprint: 'numbers calibration abc', rangeRows: Int32Array.of(3, 5, 8) },
      onProgress: (progress) => steps.push(progress),
    });
    expect([...quantized.rangeRows]).toEqual([3, 5, 8]);
    expect(quantized.model.metadata.fittedOn).toEqual([
      { what: 'int8-ranges', fingerprint: 'numbers calibration abc', samples: 3 },
    ]);
    expect(quantized.agreement.map(({ name }) => name)).toEqual(['exit0', 'final']);
    for (const { share } of quantized.agreement) expect(share).toBeGreaterThan(0.8);
    expect(quantized.int8.exits.map(({ length }) => length)).toEqual([4 * COUNT, 4 * COUNT]);
    expect(new Set(steps.map(({ what }) => what))).toEqual(
      new Set(['measuring the ranges of activations', 'running images in float32', 'running images in int8']),
    );
    expect(steps.at(-1)).toMatchObject({ done: COUNT, total: COUNT });
  });

  it('refuses a network of which int8 leaves little, by the exits and how often they agree', async () => {
    const model = withDeadChannel(network());
    const images = imagesFor(model);
    const attempt = quantizeModel(model, images, { open });
    await expect(attempt).rejects.toMatchObject({
      kind: 'data',
      parts: { function: 'quantizeModel', argument: 'minAgreement' },
    });
    await expect(attempt).rejects.toThrow(
      /at least 80\.0 % of the images\. Received: .*final on [1-7]?\d\.\d %/,
    );
    const notes: WorkNote[] = [];
    const allowed = { open, minAgreement: 0.01, onNote: (note: WorkNote) => notes.push(note) };
    const { agreement } = await quantizeModel(model, images, allowed);
    expect(agreement.at(-1)!.share).toBeLessThan(0.8);
    expect(notes).toMatchObject([{ level: 'warning', text: expect.stringContaining('final on') as string }]);
    await expect(quantizeModel(model, images, { open, minAgreement: 1.5 })).rejects.toThrow(
      /share from 0 to 1/,
    );
  });

  it('ends where it is told to', async () => {
    const model = network();
    const stop = new AbortController();
    const attempt = quantizeModel(model, imagesFor(model), {
      ...{ open, signal: stop.signal },
      onProgress: () => stop.abort(),
    });
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  });
});
