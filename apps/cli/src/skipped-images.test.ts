import { readFile, writeFile } from 'node:fs/promises';
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
    ...['--skip-broken', '--image-size', '20', '--epochs', '1', '--engine', 'wasm', '--out', at('run')],
  ]);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/trained without 1 image that cannot be read:\n +.*broken\.png: a file of 12 bytes/);
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

it('the size of the images is remembered by the network, with how they are resized', async () => {
  const model = JSON.parse(await readFile(join(at('run'), 'model', 'best', 'model.json'), 'utf8')) as unknown;
  expect(JSON.stringify(model)).toMatch(/"inputShape":\[20,20,[13]\].*"shorterSide":20/);
  const options = ['--engine', 'wasm', '--json', '--threshold', '0'];
  const { code, stderr } = await runCommand([
    'predict',
    at('run'),
    join(at('images'), 'left'),
    ...options.slice(0, 3),
  ]);
  expect(code, stderr).toBe(1);
  expect(stderr).toContain('broken.png');
});

it('data with a size of their own refuse another one', async () => {
  const { code, stderr } = await runCommand([
    ...['train', '--model', 'test_b_lenet', '--dataset', 'mnist', '--image-size', '32', '--dry-run'],
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--image-size: images of mnist always measure 28 × 28 × 1/);
});
