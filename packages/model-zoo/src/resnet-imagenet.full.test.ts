import { selectEngine } from '@earlyexit/backend';
import { profileModel } from '@earlyexit/profiler';
import { beforeAll, expect, it } from 'vitest';
import { createModel } from './registry';

beforeAll(() => selectEngine('wasm'));

// Torchvision's models page. Hundreds of megabytes of weights each.
it.each([
  [101, 44_549_160, '7.801'],
  [152, 60_192_808, '11.514'],
])('ResNet-%i has the published parameters and costs', (depth, parameters, gigaMacs) => {
  const { model } = createModel(`resnet${depth}_earlyexit`);
  const profile = profileModel(model);
  expect(profile.parameters).toBe(parameters);
  expect((profile.macs / 1e9).toFixed(3)).toBe(gigaMacs);
  model.dispose();
});
