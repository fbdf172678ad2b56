import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { profileModel } from '@earlyexit/profiler';
import { smallForms } from '@earlyexit/testing/networks';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel, getModelEntry, listModels } from './registry';
import { checkGradients, noiseFor } from './testing/gradients';
import { tf, type tfl } from './tf';

// Up to ResNet-20: the deeper ones repeat its blocks, and their backward passes are slow.
const MOST_MACS_BACKWARD = 50e6;
const IMAGES = 3;

const folder = await temporaryFolder();
beforeAll(async () => {
  // WebAssembly, with the training kernels of the backend package: on plain JavaScript these take minutes.
  await selectEngine('wasm');
});

function logitsOf(model: tfl.LayersModel, images: tf.Tensor): Float32Array[] {
  return tf.tidy(() =>
    [model.predict(images)].flat().map((output) => output.dataSync().slice() as Float32Array),
  );
}

describe.each(smallForms(listModels()))('$name', ({ name, options }) => {
  const entry = getModelEntry(name);

  it('runs forward, is saved and loaded, and stays equal', async () => {
    const network = createModel(name, options);
    const images = noiseFor(network.model, IMAGES);
    const logits = logitsOf(network.model, images);
    expect(logits.length).toBe(entry.exits + 1);
    for (const exit of logits) {
      expect(exit.length).toBe(IMAGES * (options.classes ?? entry.classes));
      expect(exit.every(Number.isFinite)).toBe(true);
      expect(new Set(exit).size).toBeGreaterThan(1);
    }
    const profile = profileModel(network.model);
    expect(network.metadata.exits.map((exit) => exit.macs)).toEqual(
      profile.exits.map((e) => e.cumulativeMacs),
    );
    await saveModel(network, join(folder, name));
    const loaded = await loadModel(join(folder, name));
    expect(loaded.metadata).toEqual(network.metadata);
    // The same weights on the same engine: not close, equal.
    expect(logitsOf(loaded.model, images)).toEqual(logits);
    images.dispose();
    network.model.dispose();
    loaded.model.dispose();
  });

  it('sends a gradient to every variable', (context) => {
    const { model, metadata } = createModel(name, options);
    if (metadata.staticMacs > MOST_MACS_BACKWARD) {
      model.dispose();
      context.skip('the same blocks as in ResNet-20, and slow: every-gradient.full.test.ts');
    }
    const checks = checkGradients(model);
    expect(checks.length).toBe(model.trainableWeights.length);
    expect(checks.filter((check) => !check.isFinite || !check.arrives)).toEqual([]);
    model.dispose();
  });
});
