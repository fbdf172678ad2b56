import { availableParallelism } from 'node:os';
import { ArgumentError } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { chooseWorkers } from './choose-workers';

it('takes one worker, on any engine, unless more are asked for', async () => {
  expect(await chooseWorkers({})).toEqual({ count: 1, engine: 'auto' });
  expect(await chooseWorkers({ workers: 1, engine: 'tensorflow' })).toEqual({
    count: 1,
    engine: 'tensorflow',
  });
});

it('takes the WASM engine for more, unless another is asked for', async () => {
  expect(await chooseWorkers({ workers: 3 })).toEqual({ count: 3, engine: 'wasm' });
  await expect(chooseWorkers({ workers: 3, engine: 'tensorflow' })).rejects.toThrow(/--threads/);
  await expect(chooseWorkers({ workers: 'auto', engine: 'cpu' })).rejects.toThrow(/--engine wasm/);
  await expect(chooseWorkers({ workers: 3, engine: 'webgpu' })).rejects.toThrow(ArgumentError);
});

it('auto goes as far as the cores and the batch do', async () => {
  const cores = availableParallelism();
  expect(await chooseWorkers({ workers: 'auto', batchSize: 4096 })).toEqual({
    count: Math.min(cores, 256),
    engine: 'wasm',
  });
  expect((await chooseWorkers({ workers: 'auto', batchSize: 8 })).count).toBe(1);
});

it('refuses more workers than a batch has samples for', async () => {
  await expect(chooseWorkers({ workers: 33 })).rejects.toThrow(/batches of 128 take 32 at most/);
  await expect(chooseWorkers({ workers: 3, batchSize: 8 })).rejects.toThrow(/--batch-size/);
});
