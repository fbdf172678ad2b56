import { selectEngine } from '@earlyexit/backend';
import { listCriteria } from '@earlyexit/exit-criteria';
import { loadSession } from '@earlyexit/inference/onnx';
import { createModel, listModels } from '@earlyexit/model-zoo';
import { beforeAll, expect, it } from 'vitest';
import { exportConditional, exportStatic, type Quantization } from '@earlyexit/onnx';
import { randomNetwork, smallForms } from '@earlyexit/testing/networks';

const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);
// Whether the check of a file's structure lets it through is asked here, not what onnxruntime makes of it.
const runtime = {
  InferenceSession: { create: () => Promise.reject(new Error('reached the runtime')) },
  Tensor: Object as never,
  env: {},
};

beforeAll(async () => {
  await selectEngine('wasm');
});

async function expectAccepted(file: Uint8Array, what: string): Promise<void> {
  const outcome = await loadSession(file, { runtime }).catch((error: unknown) => String(error));
  expect(outcome, what).toContain('reached the runtime');
}

it('writes 240 random networks so that a session takes them, in every version of the operators', async () => {
  for (let seed = 100; seed < 340; seed++) {
    const model = randomNetwork(seed);
    const criterion = criteria[seed % criteria.length]!;
    const opset = 13 + (seed % 9);
    const thresholds = model.metadata.exits
      .slice(1)
      .map((_, exit) => [0.5, 'never', 'always'][(seed + exit) % 3]);
    const options = { criterion, opset, thresholds: thresholds as (number | 'never' | 'always')[] };
    await expectAccepted(await exportConditional(model, options), `network ${seed}`);
    const constants = await exportConditional(model, { ...options, thresholdsAs: 'constants' });
    await expectAccepted(constants, `network ${seed}, constants`);
    await expectAccepted(await exportStatic(model, { opset }), `network ${seed}, static`);
    // Ranges that fit no image in particular: what the file computes is not looked at.
    const quantization = { get: () => ({ min: -3, max: 3 }) } as unknown as Quantization;
    await expectAccepted(
      await exportConditional(model, { ...options, quantization }),
      `network ${seed}, int8`,
    );
    model.model.dispose();
  }
});

it.each(smallForms(listModels()))('writes $name so that a session takes it', async ({ name, options }) => {
  const model = createModel(name, options);
  await expectAccepted(await exportConditional(model), name);
  await expectAccepted(await exportStatic(model), name);
  model.model.dispose();
});
