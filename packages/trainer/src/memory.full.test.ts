import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { selectEngine } from '@earlyexit/backend';
import { expect, it } from 'vitest';
import { adamw } from './optimizers/adamw';
import { stripes, tinyNetwork } from './testing/tiny-network';
import { tf } from './tf';
import { train } from './train';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('memory stays flat over 2,000 steps', async () => {
  await selectEngine('wasm');
  const seen: { heap: number; resident: number; tensors: number; bytes: number }[] = [];
  await train({
    model: tinyNetwork(),
    train: stripes(1600),
    validation: stripes(16),
    epochs: 10,
    batchSize: 8,
    optimizer: adamw(),
    averageDecay: 0.9,
    onEvent: (event) => {
      if (event.type !== 'progress' || event.step % 250 !== 0) return;
      collectGarbage();
      const { heapUsed: heap, rss: resident } = process.memoryUsage();
      const { numTensors: tensors, numBytes: bytes } = tf.memory();
      seen.push({ heap, resident, tensors, bytes });
    },
  });
  // The first half warms up: code is compiled for up to a thousand steps, and the engine's heap grows to its size.
  const start = seen[3];
  const end = seen.at(-1)!;
  console.log(
    seen
      .map(({ heap, resident }) => `${(heap / 2 ** 20).toFixed(1)} / ${(resident / 2 ** 20).toFixed(0)} MiB`)
      .join(', '),
  );
  expect(end.tensors).toBe(start!.tensors);
  expect(end.bytes).toBe(start!.bytes);
  // A leak of one small tensor's bookkeeping (about 500 bytes) in each of 1,000 steps would be 0.5 MB.
  expect(end.heap - start!.heap).toBeLessThan(400_000);
  expect(end.resident - start!.resident).toBeLessThan(16_000_000);
});
