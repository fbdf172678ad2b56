import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EarlyExitError } from '@earlyexit/core';
import { damageBytes, seededDraws, temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { openRunFolder } from './run-folder';
import { readEpochs } from './read-epochs';

const folder = await temporaryFolder();
const record = join(folder, 'events.jsonl');
const line = (epoch: number): string =>
  JSON.stringify({ time: '2026-01-01', type: 'epoch', epoch, trainLosses: [1, epoch], validation: null });

it('finds none where nothing was written', async () => {
  expect(await readEpochs(folder)).toEqual([]);
});

it('takes an epoch as it was done last, and passes over a damaged line', async () => {
  await writeFile(record, [line(2), line(1), '{"type":"epoch","epo', '{}', line(2), ''].join('\n'));
  expect((await readEpochs(folder)).map(({ epoch }) => epoch)).toEqual([1, 2]);
});

it('a damaged record keeps no training from being resumed', async () => {
  const run = join(folder, 'run');
  (await openRunFolder(run, false)).close();
  const own = join(run, 'events.jsonl');
  await writeFile(own, [line(1), line(2), line(3), ''].join('\n'));
  const whole = await readFile(own);
  for (let seed = 0; seed < 60; seed++) {
    await writeFile(own, damageBytes(whole, seededDraws(seed), whole.length));
    (await openRunFolder(run, true)).close();
    const epochs = await readEpochs(run).catch((error: unknown) => {
      if (!EarlyExitError.is(error)) throw error;
      return [];
    });
    for (const { trainLosses } of epochs) expect(Array.isArray(trainLosses)).toBe(true);
  }
});
