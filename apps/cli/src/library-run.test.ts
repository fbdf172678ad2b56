import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { openDataset, splitDataset } from '@earlyexit/datasets';
import { createModel } from '@earlyexit/model-zoo';
import { describeRun, openData } from '@earlyexit/runs';
import { train } from '@earlyexit/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from './testing/tiny-images';

const folder = await temporaryFolder();
const images = join(folder, 'images');
const engine = ['--engine', 'wasm'];

beforeAll(async () => {
  await writeTinyDataset(images, 30);
  await selectEngine('wasm');
});

describe.each([
  ['of train() alone', join(folder, 'alone'), ['--dataset', 'image-folder', '--data-dir', images]],
  ['that remembers its data', join(folder, 'described'), []],
])('a run %s', (_, run, data) => {
  beforeAll(async () => {
    const training = { epochs: 1, batchSize: 16, runDirectory: run, seed: 3 };
    if (data.length > 0) {
      const source = await openDataset('image-folder', { dataDir: images, size: 8, channels: 1 });
      const model = createModel('test_b_lenet', { data: source });
      // Not the seed that the commands would take by themselves.
      await train({ model, ...splitDataset(source, { seed: 5 }), ...training });
      return;
    }
    const settings = { dataset: 'image-folder', dataDir: images, seed: 5 } as const;
    const opened = await openData({
      settings: { ...settings, validation: null, calibration: null },
      imageShape: [8, 8, 1],
    });
    const model = createModel('test_b_lenet', { data: opened.source });
    await train({ ...opened.splits, ...training, ...(await describeRun(model, opened)) });
  }, 60_000);

  it.each([
    ['calibrate', []],
    ['evaluate', []],
    ['report', ['--out', join(run, 'report.html')]],
    ['profile', null],
    ['export', null],
  ])('is one for %s', async (command, more) => {
    const own = more === null ? [] : [...data, ...more];
    const rest = command === 'export' ? [`${run}.onnx`] : [...own, ...engine];
    const { code, stderr } = await runCommand([command, run, ...rest]);
    expect(code, stderr).toBe(0);
  });

  it('answers, and its splits are those that it was trained with', async () => {
    const predicted = await runCommand(['predict', run, join(images, 'top', '001.png'), ...engine]);
    expect(predicted.code, predicted.stderr).toBe(0);
    expect(await readdir(run)).toContain('splits.json.gz');
    const evaluated = await runCommand(['evaluate', run, ...data, ...engine]);
    expect(evaluated.stderr).not.toMatch(/cut again|split anew/);
  });

  it('is resumed by the program that began it alone, and nothing happens to it', async () => {
    const before = await readFile(join(run, 'events.jsonl'), 'utf8');
    const { code, stderr } = await runCommand(['train', '--resume', '--out', run]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/only the program that began this run/);
    expect(await readFile(join(run, 'events.jsonl'), 'utf8')).toBe(before);
  });
});

it('train --resume says where there is no run', async () => {
  const { code, stderr } = await runCommand(['train', '--resume', '--out', join(folder, 'nowhere')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/no run here to go on with\. Received: nothing at this path/);
});
