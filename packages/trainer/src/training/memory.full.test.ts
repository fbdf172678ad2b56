import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { selectEngine } from '@earlyexit/backend';
import { expect, it } from 'vitest';
import { adamw } from '../optimizers/adamw';
import { bundle } from '@earlyexit/testing/bundle';
import { stripesWithOrigin } from '../testing/stripes';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { tf } from '../tf';
import { train } from './train';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('memory stays flat over 16,000 steps', async () => {
  await selectEngine('wasm');
  const seen: { heap: number; resident: number; tensors: number; bytes: number }[] = [];
  await train({
    model: tinyNetwork(),
    train: stripes(1600),
    validation: stripes(16),
    epochs: 80,
    batchSize: 8,
    optimizer: adamw(),
    averageDecay: 0.9,
    onEvent: (event) => {
      if (event.type !== 'progress' || event.step % 1000 !== 0) return;
      collectGarbage();
      const { heapUsed: heap, rss: resident } = process.memoryUsage();
      const { numTensors: tensors, numBytes: bytes } = tf.memory();
      seen.push({ heap, resident, tensors, bytes });
    },
  });
  // The first quarter warms up: code is compiled, for some 3,000 steps, and the engine's heap grows to its size. What the collector leaves
  // lying sways by some hundred kilobytes, so the least of each quarter is compared.
  const quarter = (index: number): typeof seen => seen.slice(index * 4, index * 4 + 4);
  const least = (part: typeof seen, name: 'heap' | 'resident'): number =>
    Math.min(...part.map((sample) => sample[name]));
  const [start, end] = [quarter(1), quarter(3)];
  console.log(
    seen
      .map(({ heap, resident }) => `${(heap / 2 ** 20).toFixed(1)} / ${(resident / 2 ** 20).toFixed(0)} MiB`)
      .join(', '),
  );
  expect(new Set(seen.map(({ tensors, bytes }) => `${tensors} tensors, ${bytes} bytes`)).size).toBe(1);
  // A leak of one small tensor's bookkeeping (about 500 bytes) in each of 8,000 steps would be 4 MB.
  expect(least(end, 'heap') - least(start, 'heap')).toBeLessThan(500_000);
  expect(least(end, 'resident') - least(start, 'resident')).toBeLessThan(16_000_000);
});

it('so does that of the threads that share batches', async () => {
  await selectEngine('wasm');
  const program = await bundle(new URL('../worker.ts', import.meta.url));
  const resident: number[] = [];
  try {
    await train({
      model: tinyNetwork(),
      train: stripes(800),
      epochs: 50,
      batchSize: 8,
      optimizer: adamw(),
      workers: { count: 2, program },
      onEvent: (event) => {
        if (event.type !== 'progress' || event.step % 250 !== 0) return;
        collectGarbage();
        resident.push(process.memoryUsage().rss);
      },
    });
  } finally {
    await rm(dirname(program), { recursive: true, force: true });
  }
  console.log(resident.map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`).join(', '));
  expect(resident).toHaveLength(20);
  // Nobody collects the other thread's garbage but itself, so the bound leaves room for what it has not got round to. A
  // tensor of the gradient's size that leaked (3 kB) would make 7 MB in the 2,500 steps of the second half, and the
  // images' another one.
  expect(Math.min(...resident.slice(15)) - Math.min(...resident.slice(5, 10))).toBeLessThan(16_000_000);
});

it('and that of the thread that loads them', async () => {
  await selectEngine('wasm');
  const program = await bundle(new URL('../input-thread.ts', import.meta.url));
  const data = await bundle(new URL('../testing/stripes.ts', import.meta.url));
  const resident: number[] = [];
  try {
    await train({
      model: tinyNetwork(),
      train: stripesWithOrigin(pathToFileURL(data).href, { size: 800, seed: 1 }),
      epochs: 100,
      batchSize: 8,
      optimizer: adamw(),
      inputThread: { program },
      onEvent: (event) => {
        if (event.type !== 'progress' || event.step % 500 !== 0) return;
        collectGarbage();
        resident.push(process.memoryUsage().rss);
      },
    });
  } finally {
    for (const each of [program, data]) await rm(dirname(each), { recursive: true, force: true });
  }
  console.log(resident.map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`).join(', '));
  expect(resident).toHaveLength(20);
  // A batch (1 kB of images) that leaked in each of the 5,000 steps between would make 6 MB, twice with its labels and its
  // messages; the thread collects its own garbage when it likes to.
  expect(Math.min(...resident.slice(15)) - Math.min(...resident.slice(5, 10))).toBeLessThan(8_000_000);
});
