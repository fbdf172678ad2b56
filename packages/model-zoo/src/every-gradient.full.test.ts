import { selectEngine } from '@earlyexit/backend';
import { beforeAll, expect, it } from 'vitest';
import { createModel, listModels } from './registry';
import { checkGradients } from './testing/gradients';

beforeAll(() => selectEngine('wasm'));

it.each(listModels().map((entry) => entry.name))('%s sends a gradient to every variable', (name) => {
  const { model } = createModel(name);
  const checks = checkGradients(model);
  expect(checks.length).toBe(model.trainableWeights.length);
  expect(checks.filter((check) => !check.isFinite || !check.arrives)).toEqual([]);
  model.dispose();
});
