import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { train } from '../commands/train/options';
import { temporaryFolder } from '@earlyexit/testing';
import { readConfigFile } from './config-file';

const folder = await temporaryFolder();

async function read(content: string): Promise<unknown> {
  const path = join(folder, 'config.yaml');
  await writeFile(path, content);
  return readConfigFile(path, train.options);
}

it('takes YAML and JSON, and keys in any spelling', async () => {
  const options = { model: 'b_lenet', batchSize: 64, lossweights: [0.3], earlyexit: ['never'] };
  expect(
    await read('model: b_lenet\nbatch-size: 64\nlossweights: [0.3]\nearlyexit_thresholds: [never]\n'),
  ).toEqual(options);
  expect(
    await read(
      JSON.stringify({
        model: 'b_lenet',
        batch_size: 64,
        earlyexit_lossweights: [0.3],
        earlyexit: ['never'],
      }),
    ),
  ).toEqual(options);
});

it('takes the config.json of a run, and leaves out what has no value', async () => {
  const run = { format: 'earlyexit-run', formatVersion: 1, data: {}, options: { epochs: 3, augment: false } };
  expect(await read(JSON.stringify(run))).toEqual({ epochs: 3, augment: false });
  expect(await read('epochs:\nseed: 1')).toEqual({ seed: 1 });
});

it.each([
  ['an unknown key', 'modle: b_lenet', /every key is an option.*Received: modle\. Did you mean model/],
  ['a wrong value', 'epochs: many', /epochs: it is a whole number of at least 1\. Received: many/],
  ['a wrong type', 'epochs: [1]', /epochs: it is a whole number/],
  ['no number', 'lr: .nan', /lr: it is a number above 0\. Received: \.nan/],
  ['no number in a list', 'lossweights: [0.1, -.inf]', /lossweights: .*Received: -\.inf/],
  ['a key that objects have', '__proto__: 1', /Received: __proto__\./],
  [
    'a key that objects have, in a run',
    '{"format":"earlyexit-run","options":{"__proto__":1}}',
    /: __proto__\./,
  ],
  ['an option of the command line alone', 'config: other.yaml', /Received: config\./],
  ['a key twice', 'epochs: 1\nepochs: 2', /given once\. Received: epochs twice/],
  ['a key in two spellings', 'batch-size: 1\nbatchSize: 2', /given once\. Received: batchSize in two/],
  ['broken YAML', 'a: [1', /neither YAML nor JSON/],
  ['a list', '- 1', /a list of options/],
  ['a run without options', '{"format":"earlyexit-run","options":5}', /a list of options.*Received: 5/],
  ['nothing', '', /an empty file/],
])('refuses %s', async (_, content, says) => {
  await expect(read(content)).rejects.toThrow(says);
});

it('names the first of many unknown keys, and does not read what is no configuration', async () => {
  const keys = (count: number): string =>
    Array.from({ length: count }, (_, i) => `key${String(i)}: ${String(i)}`).join('\n');
  await expect(read(keys(2_000))).rejects.toThrow(/Received: key0, key1, key2 and 1997 more\./);
  const started = performance.now();
  await expect(read(keys(20_000))).rejects.toThrow(/at most 65536 bytes\. Received: \d+/);
  expect(performance.now() - started).toBeLessThan(1_000);
});

it.skipIf(process.platform === 'win32')(
  'refuses what is no regular file without waiting for it, and says what it is',
  async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readConfigFile(pipe, train.options)).rejects.toThrow(/Received: a named pipe/);
    await expect(readConfigFile(folder, train.options)).rejects.toThrow(/Received: a folder/);
    await expect(readConfigFile(join(folder, 'none'), train.options)).rejects.toThrow(/nothing of that name/);
  },
);

it('hears an interruption', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, 'epochs: 1');
  await expect(readConfigFile(path, train.options, AbortSignal.abort())).rejects.toThrow(/abort/);
});
