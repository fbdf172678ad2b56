import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { writeTinyDataset } from './testing/tiny-images';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  await writeTinyDataset(at('images'), 20);
  await writeFile(join(at('images'), 'left', 'broken.png'), 'not an image');
  const { code, stderr } = await runCommand([
    ...['train', '--model', 'test_b_lenet', '--dataset', 'image-folder', '--data-dir', at('images')],
    ...['--skip-broken', '--epochs', '1', '--engine', 'wasm', '--out', at('run'), '--quiet'],
  ]);
  expect(code, stderr).toBe(0);
}, 60_000);

it.each([
  ['calibrate', ['--engine', 'wasm']],
  ['evaluate', ['--engine', 'wasm']],
  ['report', ['--engine', 'wasm']],
  ['export', [at('int8.onnx'), '--dtype', 'int8', '--min-agreement', '0']],
])('a run that left out broken images does so in %s too', async (command, options) => {
  const { code, stderr } = await runCommand([command, at('run'), ...options]);
  expect(code, stderr).toBe(0);
});
