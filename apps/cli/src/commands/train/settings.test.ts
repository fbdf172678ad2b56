import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { saveModel } from '@earlyexit/branch-head/node';
import { createModel } from '@earlyexit/model-zoo';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { optionsToRepeat, readSettings, type TrainSettings } from './settings';

const folder = await realpath(await temporaryFolder());
const before = process.cwd();

async function inFolder<Result>(action: () => Promise<Result>): Promise<Result> {
  process.chdir(folder);
  try {
    return await action();
  } finally {
    process.chdir(before);
  }
}

function readFor(model: string): Promise<TrainSettings> {
  const { signal } = new AbortController();
  return readSettings({ operands: { model }, given: {}, signal } as Parameters<typeof readSettings>[0]);
}

const data = { dataset: 'mnist', dataDir: null, seed: 0, validation: null, calibration: null };

it('knows a saved network by what lies there, however its path is written', async () => {
  await selectEngine('cpu');
  await saveModel(createModel('test_lenet'), join(folder, 'mine'));
  for (const word of ['mine', './mine', join(folder, 'mine')]) {
    const settings = await inFolder(() => readFor(word));
    expect(settings.network.kind).toBe('saved');
    expect(settings.runDirectory).toBe(`${word}-trained`);
  }
  const { model } = await inFolder(async () => optionsToRepeat(await readFor('mine'), data, 1));
  expect(model).toBe(join(folder, 'mine'));
});

it('takes a registered name before a folder of that name', async () => {
  await saveModel(createModel('test_lenet'), join(folder, 'lenet'));
  const settings = await inFolder(() => readFor('lenet'));
  expect(settings.runDirectory).toBe(join('runs', 'lenet'));
  expect(optionsToRepeat(settings, data, 1)['model']).toBe('lenet');
});
