import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRecordedSplits } from '@earlyexit/runs';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset, writeTinyImage } from './testing/tiny-images';

describe('a run', async () => {
  const folder = await temporaryFolder();
  const images = join(folder, 'images');
  const run = join(folder, 'run');
  const train = ['train', '--model', 'test_b_lenet', '--engine', 'wasm', '--epochs', '1', '--out', run];

  beforeAll(async () => {
    await writeTinyDataset(images, 20);
    const data = ['--dataset', 'image-folder', '--data-dir', images];
    const { code, stderr } = await runCommand([...train, ...data, '--quiet']);
    expect(code, stderr).toBe(0);
  }, 60_000);

  it('may be copied without its folder: a promise is then made on the images kept from training alone', async () => {
    const copy = join(folder, 'copy');
    await cp(join(run, 'model', 'best'), copy, { recursive: true });
    const promise = (...more: string[]): ReturnType<typeof runCommand> =>
      runCommand([
        ...['calibrate', copy, '--dataset', 'image-folder', '--data-dir', images, '--engine', 'wasm'],
        ...['--risk', '0.9', '--method', 'crc', '--scaling', 'none', ...more],
      ]);
    const kept = await promise();
    expect(kept.code, kept.stderr).toBe(0);
    const others = await promise('--seed', '1');
    expect(others.code).toBe(1);
    expect(others.stderr).toContain('images that are not those of the training on image-folder with seed 0');

    // As models of before were saved.
    const path = join(copy, 'model.json');
    const saved = JSON.parse(await readFile(path, 'utf8')) as {
      userDefinedMetadata: { earlyexit: { data?: object }; 'earlyexit.sha256'?: string };
    };
    delete saved.userDefinedMetadata.earlyexit.data;
    delete saved.userDefinedMetadata['earlyexit.sha256'];
    await writeFile(path, JSON.stringify(saved));
    const unknown = await promise();
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('which does not say what it was trained on');
  }, 60_000);

  it('calibrates on the same images after others were added, and names these', async () => {
    const recorded = await readRecordedSplits(run);
    expect(recorded?.calibration.keys.length).toBeGreaterThan(0);
    await writeTinyImage(join(images, 'left', 'new.png'), 0, 12345);
    const { code, stderr, json } = await runCommand(['calibrate', run, '--engine', 'wasm', '--json']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/1 sample that the recorded splits do not know.*new\.png/);
    expect(json()).toMatchObject({ samples: recorded?.calibration.keys.length });
  }, 60_000);

  it('is not resumed without images that it was trained on, and says which are gone', async () => {
    const recorded = await readRecordedSplits(run);
    const [id = ''] = recorded?.train.ids ?? [];
    await rm(join(images, id.replace('train/', '')));
    const { code, stderr } = await runCommand([
      ...train.slice(0, -4),
      '--epochs',
      '2',
      '--out',
      run,
      '--resume',
    ]);
    expect(stderr).toContain('1 sample of the training split is gone');
    expect(code).not.toBe(0);
  }, 60_000);
});
