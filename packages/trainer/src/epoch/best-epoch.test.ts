import { selectEngine } from '@earlyexit/backend';
import { beforeAll, expect, it } from 'vitest';
import { sgd } from '../optimizers/sgd';
import { constantSchedule } from '../schedules/constant-schedule';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { train } from '../training/train';

beforeAll(async () => {
  await selectEngine('wasm');
});

it('of epochs that are equally often right the one with the lowest validation loss is the best', async () => {
  const { epochs, bestEpoch } = await train({
    model: tinyNetwork(),
    train: stripes(40),
    validation: stripes(6, 2),
    epochs: 12,
    batchSize: 8,
    optimizer: sgd(),
    schedule: constantSchedule(0.05),
  });
  const validated = epochs.map(({ epoch, validation }) => ({ epoch, ...validation! }));
  const highest = Math.max(...validated.map(({ score }) => score));
  const tied = validated.filter(({ score }) => score === highest);
  expect(tied.length).toBeGreaterThan(1);
  const [best] = tied.sort((a, b) => a.loss - b.loss);
  expect(bestEpoch).toBe(best!.epoch);
});
