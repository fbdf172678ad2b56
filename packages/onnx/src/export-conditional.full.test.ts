import { selectEngine } from '@earlyexit/backend';
import { listCriteria } from '@earlyexit/exit-criteria';
import { createModel, listModels } from '@earlyexit/model-zoo';
import { beforeAll, expect, it } from 'vitest';
import { checkNetwork } from './testing/check-network';
import { randomNetwork, smallForms } from '@earlyexit/testing/networks';

const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);

beforeAll(async () => {
  await selectEngine('wasm');
});

it('writes 240 seeded random networks, whose exits lie anywhere, as they are', async () => {
  let exits = 0;
  for (let seed = 100; seed < 340; seed++) {
    const model = randomNetwork(seed);
    try {
      await checkNetwork(model, {
        criteria: [criteria[seed % criteria.length]!],
        seed,
        samples: 9,
        rounds: 2,
      });
    } catch (error) {
      throw new Error(`network ${seed}: ${(error as Error).message}`, { cause: error });
    }
    exits += model.metadata.exits.length - 1;
    model.model.dispose();
  }
  expect(exits).toBeGreaterThan(240);
});

const published = smallForms(listModels()).filter(({ name }) => !name.startsWith('test_'));

it.each(published)('writes $name', async ({ name, options }) => {
  const model = createModel(name, options);
  await checkNetwork(model, { criteria: ['entropy'], seed: 1, samples: 4, rounds: 2 });
  model.model.dispose();
});
