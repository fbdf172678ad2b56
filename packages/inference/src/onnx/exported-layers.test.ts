// Layers that are written in more than one operator, or in another one by the version: alike on every engine and in the file.
import { findEngines, selectEngine } from '@earlyexit/backend';
import { exportStatic } from '@earlyexit/onnx';
import { profileModel } from '@earlyexit/profiler';
import { noiseImages } from '@earlyexit/testing';
import { networkAround, specialLayers } from '@earlyexit/testing/networks';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../tfjs/create-session';
import { loadSession } from './load-session';

const COUNT = 5;
// WebAssembly is everywhere, native TensorFlow where it was installed.
const found = await findEngines(['wasm', 'tensorflow']);
const others = found.filter(({ available }) => available).map(({ name }) => name);
const images = { data: noiseImages(COUNT, [6, 5, 3]), count: COUNT };

describe.each(Object.entries(specialLayers))('%s', (_, network) => {
  beforeAll(async () => {
    await selectEngine('cpu');
  });

  it('answers alike on every engine and in the file, of every version', async () => {
    const model = network();
    const { logits: expected } = await createSession(model).run(images);
    for (const opset of [13, 16, 17, 18, 21]) {
      const session = await loadSession(await exportStatic(model, { opset }), { threads: 1 });
      const { logits } = await session.run(images);
      logits.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
      session.dispose();
    }
    for (const engine of others) {
      await selectEngine(engine);
      const { logits } = await createSession(model).run(images);
      logits.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    }
  });

  it('counts as its weights, and as no multiply-accumulates but those of convolutions and dense layers', () => {
    const { model } = network();
    const own = profileModel(model).layers.find((each) => !/^(conv|flatten|dense|grouped)/.test(each.name));
    if (own !== undefined) expect(own.macs).toBe(0);
  });
});

it.each(['Rescaling', 'LayerNormalization', 'gelu'])('takes %s on what is laid flat', async (name) => {
  await selectEngine('cpu');
  const model = specialLayers[name]!(true);
  const { logits: expected } = await createSession(model).run(images);
  const session = await loadSession(await exportStatic(model), { threads: 1 });
  (await session.run(images)).logits.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  session.dispose();
});

it('refuses a normalisation of other axes than the last', async () => {
  const model = networkAround(tfl.layers.layerNormalization({ axis: 1, name: 'rows' }));
  await expect(exportStatic(model)).rejects.toThrow(
    "layer 'rows' (LayerNormalization): it normalises the last axes",
  );
});
