import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { damageModels } from './test-damaged-models';
import { tf } from '../tf';

it('refuses 10,000 damaged models with a DataError, or loads them', async () => {
  await tf.setBackend('cpu');
  const { bugs, counts, slowestMs } = await damageModels(10_000);
  const { refused, ran, threw } = counts;
  process.stderr.write(
    `10,000 damaged models: ${refused} refused, ${ran} ran, ${threw} threw when they ran; the slowest took ${slowestMs.toFixed(0)} ms\n`,
  );
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(2000);
  expect(ran).toBeGreaterThan(500);
});
