import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { damageModels } from './test-damaged-models';
import { tf } from './tf';

it('refuses 300 damaged models with a DataError, or loads them', async () => {
  await tf.setBackend('cpu');
  const { bugs, refused, ran } = await damageModels(300);
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(50);
  expect(ran).toBeGreaterThan(10);
});
