import { availableParallelism } from 'node:os';
import { ArgumentError } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { chooseWorkers } from './choose-workers';

const batchSize = 128;

it('takes one worker, on any engine, unless more are asked for', () => {
  expect(chooseWorkers({ batchSize })).toEqual({ count: 1, engine: 'auto' });
  expect(chooseWorkers({ workers: 1, engine: 'tensorflow', batchSize })).toEqual({
    count: 1,
    engine: 'tensorflow',
  });
});

it('takes the WASM engine for more, unless another is asked for', () => {
  expect(chooseWorkers({ workers: 3, batchSize })).toEqual({ count: 3, engine: 'wasm' });
  expect(() => chooseWorkers({ workers: 3, engine: 'tensorflow', batchSize })).toThrow(/threads as it is/);
  expect(() => chooseWorkers({ workers: 'auto', engine: 'cpu', batchSize })).toThrow(/engine wasm, or one/);
  expect(() => chooseWorkers({ workers: 3, engine: 'webgpu', batchSize })).toThrow(ArgumentError);
});

it('auto goes as far as the cores and the batch do', () => {
  const cores = availableParallelism();
  expect(chooseWorkers({ workers: 'auto', batchSize: 4096 })).toEqual({
    count: Math.min(cores, 256),
    engine: 'wasm',
  });
  expect(chooseWorkers({ workers: 'auto', batchSize: 8 }).count).toBe(1);
});

it('refuses more workers than a batch has samples for', () => {
  expect(() => chooseWorkers({ workers: 33, batchSize })).toThrow(/batches of 128 take 32 at most/);
  expect(() => chooseWorkers({ workers: 3, batchSize: 8 })).toThrow(/larger batches/);
});
