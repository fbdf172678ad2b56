import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { writeWholeFile } from '@earlyexit/core/node';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional, exportStatic } from '@earlyexit/onnx';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { writePipeline } from './write-pipeline';

const folder = await temporaryFolder();
await selectEngine('cpu');
const untold = createModel('b_lenet');
const preprocessing = { inputShape: [28, 28, 1], mean: [0.5], standardDeviation: [0.25] } as const;
const network = { ...untold, metadata: { ...untold.metadata, preprocessing } };
const built = join(folder, 'built.onnx');
const fed = join(folder, 'fed.onnx');
const plain = join(folder, 'plain.onnx');
await writeWholeFile(
  built,
  await exportConditional(network, { thresholds: [0.9], thresholdsAs: 'constants' }),
);
await writeWholeFile(fed, await exportConditional(network, { thresholds: [0.9], thresholdsAs: 'input' }));
await writeWholeFile(plain, await exportStatic(network));

it.each(['beam', 'ray'] as const)(
  'writes a pipeline for %s, with what it has to know of the file',
  async (engine) => {
    const { files } = await writePipeline(built, join(folder, engine), { engine });
    expect(files.map((path) => path.slice(folder.length + 1))).toEqual(
      ['model.onnx', 'model.json', 'requirements.txt', 'pipeline.py'].map((name) => `${engine}/${name}`),
    );
    expect(await readFile(files[0]!)).toEqual(await readFile(built));
    expect(JSON.parse(await readFile(files[1]!, 'utf8'))).toMatchObject({
      inputShape: [28, 28, 1],
      exits: [{ name: 'exit0' }, { name: 'final' }],
    });
  },
);

it.each([
  [
    'thresholds that are fed',
    fed,
    /takes thresholds as an input.*Export it again with thresholds as constants/,
  ],
  ['a file without exits', plain, /which has no exits/],
])('refuses %s', async (_, file, message) => {
  const out = join(folder, 'refused');
  await expect(writePipeline(file, out, { engine: 'ray' })).rejects.toThrow(message);
  await expect(readFile(join(out, 'pipeline.py'))).rejects.toThrow();
});
