// A network that somebody else trained: the MobileNetV2 that the npm package nsfwjs brings along, as Keras saved it.
import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { loadPlainModel } from '@earlyexit/branch-head/node';
import { temporaryFolder } from '@earlyexit/testing';
import { frozen } from '@earlyexit/trainer';
import { expect, it } from 'vitest';
import { throughEverything } from './own-network';

it('the MobileNetV2 of nsfwjs gets exits, is trained, calibrated and exported', async () => {
  await selectEngine('wasm');
  const require = createRequire(import.meta.url);
  // The package exports its loaders alone; what they load lies beside them.
  const models = join(require.resolve('nsfwjs'), '../../models/mobilenet_v2');
  const json = require(join(models, 'model.min.js')) as object;
  const weights = require(join(models, 'group1-shard1of1.min.js')) as string;
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'model.json'), JSON.stringify(json));
  await writeFile(join(folder, 'group1-shard1of1'), Buffer.from(weights, 'base64'));
  const model = await loadPlainModel(folder);
  expect(model.layers).toHaveLength(162);
  await throughEverything({
    ...{ model, after: ['block_3_expand_relu', 'block_6_expand_relu'] },
    ...{ shape: [224, 224, 3], classes: 5, images: 4, regimes: [frozen()] },
  });
});
