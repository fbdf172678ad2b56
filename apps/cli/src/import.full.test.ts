import { writeFile } from 'node:fs/promises';
import { attachExits } from '@earlyexit/branch-head';
import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { exportStatic } from '@earlyexit/onnx';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

let folder = '';
const at = (name: string): string => `${folder}/${name}`;

beforeAll(async () => {
  folder = await temporaryFolder();
  await selectEngine('cpu');
  const { model } = createModel('test_lenet', { inputShape: [28, 28, 1], classes: 10 });
  await writeFile(at('digits.onnx'), await exportStatic(attachExits(model, [])));
});

it('writes a saved model that trains with exits, calibrates and is exported', async () => {
  const made = await runCommand([
    ...['import', at('digits.onnx'), '--out', at('mine')],
    ...['--mean', '0.1', '--std', '0.3', '--json'],
  ]);
  expect(made.stderr).not.toContain('Error');
  expect(made.json()).toMatchObject({ model: at('mine'), exits: 0, preprocessing: { mean: [0.1] } });
  const layers = (await runCommand(['profile', at('mine'), '--json'])).json() as {
    layers: { name: string; className: string }[];
  };
  const after = layers.layers.find(({ name }) => name.startsWith('conv'))!.name;
  const trained = await runCommand([
    ...['train', at('mine'), '--exits', `${after}:pooled`, '--dataset', 'mnist', '--limit', '64'],
    ...['--epochs', '1', '--batch-size', '32', '--engine', 'wasm', '--out', at('run')],
  ]);
  expect(trained.stderr).not.toMatch(/Error|error/);
  expect(trained.code).toBe(0);
  const calibrated = await runCommand(['calibrate', at('run'), '--json']);
  expect(calibrated.code).toBe(0);
  const exported = await runCommand(['export', at('run'), at('fast.onnx')]);
  expect(exported.code).toBe(0);
});
