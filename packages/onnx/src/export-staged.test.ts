import { selectEngine } from '@earlyexit/backend';
import { attachExits } from '@earlyexit/branch-head';
import { createModel } from '@earlyexit/model-zoo';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportStaged } from './export-staged';
import { exportStatic } from './export-static';
import { channelsFirst, noise, openSession, referenceLogits } from './testing/compare';
import { randomizeWeights } from '@earlyexit/testing/networks';

beforeAll(async () => {
  await selectEngine('cpu');
});

describe.each(['test_b_lenet', 'test_resnet_2exits', 'test_resnet_3exits', 'test_lenet'])(
  '%s in stages',
  (name) => {
    it('gives the logits of every exit when the stages are run one after the other', async () => {
      const model = createModel(name);
      randomizeWeights(model.model, 1);
      const images = noise(model, 7);
      const cached = referenceLogits(model, images, 7);
      const { manifest, files } = await exportStaged(model);
      expect(manifest.stages).toHaveLength(model.metadata.exits.length);
      let tensors: Record<string, ort.Tensor> = { pixel_values: channelsFirst(model, images, 7) };
      for (const [index, stage] of manifest.stages.entries()) {
        const bytes = files.get(stage.file)!;
        expect(bytes.length).toBe(stage.bytes);
        const session = await openSession(bytes);
        expect(session.inputNames).toEqual(stage.inputs.map((input) => input.name));
        const result = await session.run(tensors);
        (result['logits']!.data as Float32Array).forEach((value, i) =>
          expect(value).toBeCloseTo(cached.exits[index]![i]!, 3),
        );
        tensors = Object.fromEntries(stage.carried.map((tensor) => [tensor.name, result[tensor.name]!]));
        for (const { name: carried, shape } of stage.carried)
          expect(tensors[carried]!.dims).toEqual([7, ...shape]);
        await session.release();
      }
      expect(tensors).toEqual({});
    });
  },
);

it('refuses weights that are not finite, by the name of their layer', async () => {
  const model = createModel('test_lenet');
  const layer = model.model.layers.find((each) => each.weights.length > 0)!;
  const values = layer.getWeights().map(({ shape }) => tf.fill(shape, NaN));
  layer.setWeights(values);
  await expect(exportStatic(model)).rejects.toThrow(`layer ${layer.name}`);
  await expect(exportStatic(model)).rejects.toThrow('weights are finite numbers. Received: NaN');
});

it('refuses a layer that it does not know, by name, and says which it knows', async () => {
  const input = tfl.input({ shape: [4, 3] });
  const features = tfl.layers
    .simpleRNN({ units: 2, name: 'recurrent', recurrentInitializer: 'glorotUniform' })
    .apply(input);
  const output = tfl.layers.dense({ units: 2 }).apply(features) as tfl.SymbolicTensor;
  const model = attachExits(tfl.model({ inputs: input, outputs: output }), []);
  await expect(exportStatic(model)).rejects.toThrow(
    /layer 'recurrent' \(SimpleRNN\).*Conv2D.*Received: SimpleRNN/,
  );
});

it('writes networks of flat features and of nested models', async () => {
  const inner = tfl.sequential({
    layers: [tfl.layers.dense({ units: 4, inputShape: [5], activation: 'tanh' })],
    name: 'inner',
  });
  const input = tfl.input({ shape: [5] });
  const output = tfl.layers
    .dense({ units: 3, activation: 'softmax' })
    .apply(inner.apply(input)) as tfl.SymbolicTensor;
  const model = attachExits(tfl.model({ inputs: input, outputs: output }), []);
  const images = noise(model, 6);
  const session = await openSession(await exportStatic(model));
  const result = await session.run({ pixel_values: channelsFirst(model, images, 6) });
  const expected = referenceLogits(model, images, 6).exits[0]!;
  (result['logits']!.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
});
