import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { locateModel } from './locate-model';

const folder = await temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);
for (const path of [
  ['run', 'model', 'best', 'model.json'],
  ['run', 'config.json'],
  ['saved', 'model.json'],
  ['hub', 'onnx', 'model.onnx'],
  ['hub', 'config.json'],
  ['hub-int8', 'onnx', 'model_quantized.onnx'],
  ['stages', 'manifest.json'],
  ['begun', 'config.json'],
  ['b_lenet', 'readme.txt'],
  ['file.ONNX'],
  ['photo.jpg'],
]) {
  await mkdir(at(...path.slice(0, -1)), { recursive: true });
  await writeFile(at(...path), '{}');
}

const names = { registered: ['lenet', 'b_lenet'], pretrained: new Map([['lenet.mnist', at('shipped')]]) };

it.each([
  [
    'a run folder',
    at('run'),
    { kind: 'saved', directory: at('run', 'model', 'best'), runDirectory: at('run') },
  ],
  ['the model of a run', at('run', 'model', 'best'), { kind: 'saved', runDirectory: at('run') }],
  ['a saved model', at('saved'), { kind: 'saved', directory: at('saved'), runDirectory: null }],
  ['its model.json', at('saved', 'model.json'), { kind: 'saved', directory: at('saved') }],
  ['a file', at('file.ONNX'), { kind: 'onnx', file: at('file.ONNX') }],
  ['an exported folder', at('hub'), { kind: 'onnx', file: at('hub', 'onnx', 'model.onnx') }],
  ['one of int8', at('hub-int8'), { kind: 'onnx', file: at('hub-int8', 'onnx', 'model_quantized.onnx') }],
  ['stages', at('stages'), { kind: 'staged', file: at('stages', 'manifest.json') }],
  ['a manifest', at('stages', 'manifest.json'), { kind: 'staged', path: at('stages', 'manifest.json') }],
  ['a name', 'lenet', { kind: 'registered', name: 'lenet' }],
  [
    'a trained network',
    'lenet.mnist',
    { kind: 'saved', path: 'lenet.mnist', directory: at('shipped'), runDirectory: null, isPretrained: true },
  ],
])('finds %s', async (_, word, location) => {
  expect(await locateModel(word, names)).toMatchObject(location);
});

it.each([
  ['b_lenett', 'locateModel({ model }): it is a run folder, .* Received: b_lenett. Did you mean b_lenet'],
  ['lenet.mnst', 'Did you mean lenet.mnist'],
  ['quite another word', 'Received: quite another word'],
  [at('nothing'), 'there is nothing at this path'],
  ['gone.onnx', 'there is nothing at this path'],
  [at('photo.jpg'), 'no model of earlyexit in it. Received: a file'],
  [at('b_lenet'), 'a folder without model.json'],
  [at('begun'), 'The run has no finished epoch yet'],
])('says what is wrong with %s', async (word, message) => {
  const escaped = message.replace(/[({})]/g, '\\$&');
  await expect(locateModel(word, names)).rejects.toThrow(new RegExp(escaped));
});
