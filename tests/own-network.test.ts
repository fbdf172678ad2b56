// Networks that Keras saved go wherever those of the zoo go.
import { selectEngine } from '@earlyexit/backend';
import { loadPlainModel } from '@earlyexit/branch-head/node';
import { temporaryFolder } from '@earlyexit/testing';
import { frozen, joint } from '@earlyexit/trainer';
import { beforeAll, expect, it } from 'vitest';
import { keras2, keras3, noise, SHAPES, write } from '../packages/branch-head/src/plain/test-saved-keras';
import { throughEverything } from './own-network';

beforeAll(() => selectEngine('cpu'));

it.each([
  ['2', keras2()],
  ['3', keras3()],
])('a network with depthwise convolutions that Keras %s saved', async (version, saved) => {
  const path = write(await temporaryFolder(), `keras${version}`, saved, noise(SHAPES));
  const model = await loadPlainModel(path);
  expect(model.layers.map((layer) => layer.getClassName())).toContain('DepthwiseConv2D');
  await throughEverything({
    model,
    after: ['depthwise', 'sum'],
    shape: [8, 8, 3],
    classes: 3,
    images: 12,
    regimes: [frozen(), joint()],
  });
});
