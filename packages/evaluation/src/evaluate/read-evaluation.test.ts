import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { readEvaluation } from './read-evaluation';

const folder = await temporaryFolder();
const path = join(folder, 'evaluation.json');
const document = {
  ...{ criterion: 'margin', thresholds: [0.25, null], dataset: 'mnist', split: 'test', samples: 10 },
  exits: [
    { share: 0.75, top1: 0.99 },
    { share: 0.25, top1: null },
  ],
  ...{ top1: 0.9675, static: { top1: 0.97 }, macsRatio: 2.5 },
};

it('reads what was kept, and nothing where nothing was', async () => {
  expect(await readEvaluation(path)).toBeNull();
  writeFileSync(path, JSON.stringify(document));
  expect(await readEvaluation(path)).toEqual(document);
});

it.each([
  ['{', /JSON/],
  [JSON.stringify({ ...document, top1: 96.75 }), /it is an evaluation.*top1: 96\.75/],
  [JSON.stringify({ ...document, thresholds: ['<b>'] }), /thresholds/],
  [JSON.stringify({ ...document, exits: [{}] }), /exits/],
  [JSON.stringify({ ...document, static: undefined }), /static: nothing/],
])('refuses %s', async (text, says) => {
  writeFileSync(path, text);
  await expect(readEvaluation(path)).rejects.toThrow(says);
});

it('refuses what is no file', async () => {
  mkdirSync(join(folder, 'evaluation'));
  await expect(readEvaluation(join(folder, 'evaluation'))).rejects.toMatchObject({ kind: 'data' });
});
