import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageGain } from '@earlyexit/calibration';
import { expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from '../../testing/tiny-images';

const folder = await temporaryFolder();
const images = join(folder, 'images');
const train = [
  ...['train', '--model', 'test_b_lenet', '--dataset', 'image-folder', '--data-dir', images],
  ...['--engine', 'wasm', '--regime', 'cascade'],
];

it('trains a cascade and says whether its exits pay', async () => {
  await writeTinyDataset(images, 24);
  const out = join(folder, 'run');
  const options = [...['--out', out, '--epochs', '4'], ...['--batch-size', '16', '--lr', '0.01']];
  const trained = await runCommand([...train, ...options, '--json']);
  expect(trained.code, trained.stderr).toBe(0);
  const { gains, epochs } = trained.json() as { gains: StageGain[]; epochs: { phase: string }[] };
  expect(epochs.map(({ phase }) => phase)).toEqual(['backbone', 'backbone', 'head 0', 'head 0']);
  expect(gains).toHaveLength(1);
  expect(gains[0]!.pays).toBe(gains[0]!.gainMacs > 0);
  const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8')) as {
    training: { regime: object; policy: object };
  };
  expect(config.training.regime).toEqual({
    name: 'cascade',
    backboneShare: 0.5,
    criterion: 'unique-above',
    thresholds: [0.5],
    objective: 'squared-error',
  });
  expect(config.training.policy).toMatchObject({ criterion: 'unique-above' });
  // The engine that began a run goes on with it, and what is finished is finished.
  const again = await runCommand(['train', '--resume', '--out', out]);
  expect(again.stderr).toContain('engine: wasm');
  expect(again.stdout).toMatch(/exit0: answers \d+ of the \d+ training samples that reach it/);
});

it('leaves out exits that save too little, and resumes all the same', async () => {
  const out = join(folder, 'admitted');
  const options = ['--epochs', '2', '--batch-size', '16', '--admit-gain', '1000000'];
  const trained = await runCommand([...train, '--out', out, ...options, '--json']);
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.json()).toMatchObject({ gains: [{ exit: 0, admitted: false }] });
  const namesOf = async (): Promise<string[]> => {
    const profile = await runCommand(['profile', out, '--json']);
    return (profile.json() as { exits: { name: string }[] }).exits.map(({ name }) => name);
  };
  expect(await namesOf()).toEqual(['final']);
  const again = await runCommand(['train', '--resume', '--out', out]);
  expect(again.code, again.stderr).toBe(0);
  expect(await namesOf()).toEqual(['final']);
});

it('needs to be told when another criterion passes samples on', async () => {
  const refused = await runCommand([...train, '--out', join(folder, 'other'), '--criterion', 'entropy']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/--regime: .*needs thresholds/);
});
