import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@earlyexit/testing';
import { pretrainedUrl } from '@earlyexit/weights';
import { expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

const fed = fileURLToPath(pretrainedUrl('b_lenet.mnist', 'onnx'));
const folder = await temporaryFolder();

it.each([
  [
    'another engine',
    ['tritn', fed, folder],
    2,
    /ENGINE: it is one of triton, beam, ray\. Received: tritn\. Did you mean triton/,
  ],
  ['a network in its layers', ['triton', 'b_lenet.mnist', folder], 2, /MODEL: .*--thresholds-as constants/],
  ['thresholds that are fed to a pipeline', ['beam', fed, folder], 2, /built into the file.*Export it again/],
  ['thresholds that are fed', ['triton', fed, folder], 2, /built into the file.*Export it again/],
  ['no file', ['triton', join(folder, 'none.onnx'), folder], 1, /none\.onnx/],
])('deploy refuses %s', async (_, args, code, message) => {
  const ran = await runCommand(['deploy', ...args]);
  expect(ran.stderr).toMatch(message);
  expect(ran.code).toBe(code);
});
