import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { profileModel } from '@earlyexit/profiler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModel, listModels } from './registry';
import { tf, type tfl } from './tf';

// ResNet-56 and 110 repeat the blocks of the smaller ones; their backward passes are slow and show nothing new.
const MOST_MACS_BACKWARD = 110e6;
const IMAGES = 3;

let folder: string;
beforeAll(async () => {
  // WebAssembly, with the training kernels of the backend package: on plain JavaScript these take minutes.
  await selectEngine('wasm');
  folder = await mkdtemp(join(tmpdir(), 'model-zoo-'));
});
afterAll(() => rm(folder, { recursive: true }));

function noise(model: tfl.LayersModel): tf.Tensor {
  return tf.randomNormal([IMAGES, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, 'float32', 7);
}

function logitsOf(model: tfl.LayersModel, images: tf.Tensor): Float32Array[] {
  return tf.tidy(() =>
    [model.predict(images)].flat().map((output) => output.dataSync().slice() as Float32Array),
  );
}

describe.each(listModels().map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  it('runs forward, is saved and loaded, and stays equal', async () => {
    const network = createModel(name);
    const images = noise(network.model);
    const logits = logitsOf(network.model, images);
    expect(logits.length).toBe(entry.exits + 1);
    for (const exit of logits) {
      expect(exit.length).toBe(IMAGES * entry.classes);
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
    const { model, metadata } = createModel(name);
    if (metadata.staticMacs > MOST_MACS_BACKWARD) {
      model.dispose();
      context.skip('the smaller networks of its family have the same blocks');
    }
    const images = noise(model);
    // Every trainable variable there is, and the models before have disposed of theirs.
    const { value, grads } = tf.variableGrads(() => {
      const outputs = [model.apply(images, { training: true }) as tf.Tensor | tf.Tensor[]].flat();
      // A random direction: a plain sum of logits would leave what a normalisation subtracts at zero.
      const parts = outputs.map((output, index) =>
        tf.sum(tf.mul(output, tf.randomNormal(output.shape, 0, 1, 'float32', 11 + index))),
      );
      return tf.addN(parts) as tf.Scalar;
    });
    expect(Object.keys(grads).length).toBe(model.trainableWeights.length);
    for (const [variable, gradient] of Object.entries(grads)) {
      const values = gradient.dataSync();
      expect([variable, values.every(Number.isFinite)]).toEqual([variable, true]);
      expect([variable, values.some((derivative) => derivative !== 0)]).toEqual([variable, true]);
    }
    tf.dispose([value, grads, images]);
    model.dispose();
  });
});
