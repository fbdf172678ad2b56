// A head from outside goes wherever those of the package go.
import { selectEngine } from '@earlyexit/backend';
import { attachExits, computeLogits, listHeads, registerHead } from '@earlyexit/branch-head';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { loadSession } from '@earlyexit/inference/onnx';
import { exportConditional } from '@earlyexit/onnx';
import { profileModel } from '@earlyexit/profiler';
import { noiseImages, temporaryFolder } from '@earlyexit/testing';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd, train } from '@earlyexit/trainer';
import { beforeAll, expect, it } from 'vitest';

const folder = await temporaryFolder();
const COUNT = 16;
const images = noiseImages(COUNT, [8, 8, 1]);
const source = {
  size: COUNT,
  labels: Int32Array.from({ length: COUNT }, (_, row) => row % 3),
  imageShape: [8, 8, 1] as const,
  load: (rows: Int32Array) =>
    Promise.resolve(
      Float32Array.from({ length: rows.length * 64 }, (_, i) => images[rows[i >> 6]! * 64 + (i & 63)]!),
    ),
};

beforeAll(async () => {
  await selectEngine('cpu');
  registerHead<{ hidden?: number }>({
    name: 'two-layers',
    description: 'flatten, dense, ReLU, dense',
    options: ['hidden'],
    misfit: (shape) => (shape.length === 3 ? null : 'needs a feature map'),
    build(features, { name, units }, { hidden = 8 }) {
      const flat = tfl.layers.flatten({ name: `${name}_flatten` }).apply(features);
      const between = tfl.layers
        .dense({ units: hidden, activation: 'relu', name: `${name}_hidden` })
        .apply(flat);
      return tfl.layers.dense({ units, name: `${name}_dense` }).apply(between) as tfl.SymbolicTensor;
    },
  });
});

function backbone(): tfl.LayersModel {
  const { layers } = tfl;
  const stack = [
    layers.conv2d({ name: 'first', filters: 2, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }),
    layers.conv2d({ name: 'second', filters: 2, kernelSize: 3, activation: 'relu' }),
    layers.flatten({ name: 'flat' }),
    layers.dense({ name: 'logits', units: 3 }),
  ];
  return tfl.sequential({ layers: stack });
}

it('is attached, trained, saved, loaded, exported and profiled', async () => {
  expect(listHeads().at(-1)!.name).toBe('two-layers');
  const network = attachExits(backbone(), [
    { after: 'first', head: { name: 'two-layers', options: { hidden: 5 } } },
  ]);
  // 72 features to 5, 5 to 3.
  expect(network.metadata.exits[0]).toMatchObject({ head: 'two-layers', headMacs: 72 * 5 + 5 * 3 });
  expect(profileModel(network.model).exits[0]).toMatchObject({ headMacs: 375 });

  const kernel = () => network.model.getLayer('exit0_hidden').getWeights()[0]!.dataSync();
  const before = kernel();
  await train({
    model: network,
    train: source,
    validation: source,
    epochs: 1,
    batchSize: 8,
    optimizer: sgd(),
  });
  expect(kernel()).not.toEqual(before);

  await saveModel(network, folder);
  const loaded = await loadModel(folder);
  const cached = await computeLogits(loaded, source);
  expect(cached).toEqual(await computeLogits(network, source));

  const file = await exportConditional(loaded, { criterion: 'margin', thresholds: ['always'] });
  const session = await loadSession(file, { threads: 1 });
  const { logits } = await session.run({ data: images, count: COUNT });
  logits.forEach((value, i) => expect(value).toBeCloseTo(cached.exits[0]![i]!, 4));
  session.dispose();
});

it('keeps its name to itself and holds its features and options to its rules', () => {
  const [own] = listHeads().slice(-1);
  expect(() => registerHead(own!)).toThrow(
    "registerHead({ name }): no other head has this name. Received: 'two-layers'",
  );
  expect(() => registerHead({ ...own!, name: 'Two layers' })).toThrow('lower-case letters');
  expect(() => registerHead({ ...own!, name: 'custom' })).toThrow('no other head');
  const attach = (exit: Parameters<typeof attachExits>[1][number]) => () => attachExits(backbone(), [exit]);
  expect(attach({ after: 'flat', head: 'two-layers' })).toThrow("the head 'two-layers' needs a feature map");
  expect(attach({ after: 'first', head: { name: 'two-layers', options: { hiden: 3 } } })).toThrow(
    "Did you mean 'hidden'",
  );
  expect(attach({ after: 'first', head: 'two-layer' })).toThrow("Did you mean 'two-layers'");
});
