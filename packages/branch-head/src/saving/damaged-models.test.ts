import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { damageModels } from './test-damaged-models';
import { tf } from '../tf';

it('refuses 300 damaged models with a DataError, or loads them', async () => {
  await tf.setBackend('cpu');
  const { bugs, counts } = await damageModels(300);
  const { refused, ran } = counts;
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(50);
  expect(ran).toBeGreaterThan(10);
});
