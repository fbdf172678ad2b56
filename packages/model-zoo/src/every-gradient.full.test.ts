import { selectEngine } from '@earlyexit/backend';
import { smallForms } from '@earlyexit/testing/networks';
import { beforeAll, expect, it } from 'vitest';
import { createModel, listModels } from './registry';
import { checkGradients } from './testing/gradients';

beforeAll(() => selectEngine('wasm'));

it.each(smallForms(listModels()))('$name sends a gradient to every variable', ({ name, options }) => {
  const { model } = createModel(name, options);
  const checks = checkGradients(model);
  expect(checks.length).toBe(model.trainableWeights.length);
  expect(checks.filter((check) => !check.isFinite || !check.arrives)).toEqual([]);
  model.dispose();
});
