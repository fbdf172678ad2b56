import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportConditional } from '@earlyexit/onnx';
import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { writeWholeFile } from '@earlyexit/core/node';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { writeTritonRepository } from './write-triton-repository';

const folder = await temporaryFolder();
const fed = join(folder, 'fed.onnx');
const built = join(folder, 'built.onnx');
await selectEngine('cpu');
for (const [file, thresholdsAs] of [
  [built, 'constants'],
  [fed, 'input'],
] as const) {
  const network = createModel('b_lenet');
  await writeWholeFile(file, await exportConditional(network, { thresholds: [0.9], thresholdsAs }));
}

it('writes what Triton needs to serve a file', async () => {
  const options = { name: 'digits', maxBatch: 16, maxDelayMs: 2.5, queue: 64 };
  const written = await writeTritonRepository(built, join(folder, 'models'), options);
  expect(written.files.map((path) => path.slice(folder.length + 1))).toEqual([
    'models/digits/1/model.onnx',
    'models/digits/labels.txt',
    'models/digits/config.pbtxt',
  ]);
  expect(await readFile(written.files[0]!)).toEqual(await readFile(built));
  const config = await readFile(written.files[2]!, 'utf8');
  expect(config).toContain('max_batch_size: 16');
  expect(config).toContain('{ name: "pixel_values" data_type: TYPE_FP32 dims: [ 1, 28, 28 ] }');
  expect(config).toContain('max_queue_delay_microseconds: 2500');
  await expect(writeTritonRepository(built, join(folder, 'models'), options)).rejects.toThrow(
    'nothing is written over a model that is there',
  );
});

it.each([
  ['thresholds that are fed', fed, {}, 'Export it again with thresholds as constants'],
  ['a version in words', built, { version: 'two' }, 'whole numbers from 1 on'],
  ['a batch that is none', built, { maxBatch: 0 }, 'maxBatch'],
  ['a file that is not there', join(folder, 'none.onnx'), {}, 'none.onnx'],
])('refuses %s', async (_, file, more, message) => {
  const out = join(folder, 'refused');
  await expect(writeTritonRepository(file, out, { name: 'digits', ...more })).rejects.toThrow(message);
  await expect(readFile(join(out, 'digits', 'config.pbtxt'))).rejects.toThrow();
});
