import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type CachedLogits, summarizeExits } from '@earlyexit/exit-criteria';
import { failure, seededDraws, temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { collectResults } from './collect-results';
import { type KeptAnswers, readAnswers, writeAnswers } from './kept-answers';
import { networkResult } from './network-result';
import { resultFiles, writeResults } from './write-results';

const folder = await temporaryFolder();
const costs = { exitMacs: [2_000, 6_500, 11_000], staticMacs: 10_000 };

/** Three exits, each righter than the one before; every number is one that 16 bits hold. */
function invent(samples: number, seed: number): CachedLogits {
  const { next } = seededDraws(seed);
  const labels = Int32Array.from({ length: samples }, () => Math.floor(next() * 4));
  const exits = [1, 2, 4].map((strength) =>
    Float32Array.from({ length: samples * 4 }, (_, index) => {
      const isRight = index % 4 === labels[Math.floor(index / 4)];
      return Math.round(64 * (2 * next() + (isRight ? strength * next() : 0))) / 64;
    }),
  );
  return { exits, samples, classes: 4, labels };
}

const answers: KeptAnswers = {
  ...{ name: 'tiny.shapes', title: 'Tiny on *shapes*', dataset: 'shapes', engine: 'cpu', version: '1.2.3', seed: 3 },
  commands: ['earlyexit results --add runs/tiny'],
  notes: ['Better of two tries.'],
  exits: [
    { name: 'exit0', macs: 2_000 },
    { name: 'exit1', macs: 6_500 },
    { name: 'final', macs: 11_000 },
  ],
  staticMacs: 10_000,
  policy: { criterion: 'max-probability', thresholds: [0.8, 0.7], temperatures: [1, 1.5, 1] },
  calibration: invent(400, 1),
  test: invent(600, 2),
};

it('keeps answers as they are, in a tenth of the space or so', async () => {
  const path = join(folder, 'kept.answers.gz');
  await writeAnswers(path, answers);
  expect(await readAnswers(path)).toEqual(answers);
  expect((await readFile(path)).length).toBeLessThan(3 * 1000 * 4 * 2);
});

it('refuses what is no such file, is cut, or does not fit itself', async () => {
  const path = join(folder, 'broken.answers.gz');
  await writeAnswers(path, answers);
  const whole = await readFile(path);
  const unpacked = gunzipSync(whole).toString('latin1');
  const broken = [
    Buffer.alloc(0),
    Buffer.from('no archive'),
    whole.subarray(0, whole.length / 2),
    gzipSync(Buffer.from(unpacked.slice(0, 300), 'latin1')),
    // Same lengths, so that only what they say is wrong.
    gzipSync(Buffer.from(unpacked.replace('earlyexit-answers', 'earlyexit-another'), 'latin1')),
    gzipSync(Buffer.from(unpacked.replace('test.exit2', 'test.exit9'), 'latin1')),
    gzipSync(Buffer.from(unpacked.replace('\\"macs\\":2000', '\\"macs\\":-200'), 'latin1')),
  ];
  for (const bytes of broken) {
    await writeFile(path, bytes);
    const { message } = await failure(readAnswers(path));
    expect(message).toContain('broken.answers.gz');
    expect(message).not.toMatch(/undefined|\[object/);
  }
});

it('computes what the policy that the network carries does, and never reads thresholds off test images', async () => {
  const { evaluation, curve, comparison } = await networkResult(answers);
  const { top1, macsRatio } = summarizeExits(
    answers.test,
    { criterion: 'max-probability', thresholds: [0.8, 0.7], temperatures: [1, 1.5, 1] },
    costs,
  );
  expect({ top1: evaluation.top1, macsRatio: evaluation.macsRatio }).toEqual({ top1, macsRatio });
  const other = await networkResult({ ...answers, test: invent(500, 9) });
  expect(other.curve.map(({ thresholds }) => thresholds)).toEqual(curve.map(({ thresholds }) => thresholds));
  expect(other.comparison?.criteria.map(({ criterion, thresholds }) => [criterion, thresholds]).sort()).toEqual(
    comparison?.criteria.map(({ criterion, thresholds }) => [criterion, thresholds]).sort(),
  );
});

it('compares nothing for a network without early exits', async () => {
  const plain = (cached: CachedLogits): CachedLogits => ({ ...cached, exits: cached.exits.slice(-1) });
  const result = await networkResult({
    ...answers,
    ...{ exits: [{ name: 'final', macs: 10_000 }], policy: null },
    ...{ calibration: plain(answers.calibration), test: plain(answers.test) },
  });
  expect(result).toMatchObject({ comparison: null, curve: [], evaluation: { macsRatio: 1 } });
});

it('writes a page whose figures follow from the folder, the same each time', async () => {
  const results = join(folder, 'results');
  await mkdir(results);
  await writeAnswers(join(results, 'tiny.shapes.answers.gz'), answers);
  await writeFile(join(results, 'README.md'), 'hand-written');
  await writeFile(join(results, 'other.json'), '{"format":"another"}');
  await writeFile(
    join(results, 'quick.json'),
    JSON.stringify({ ...reproduction, form: 'quick', name: 'quick-one' }),
  );
  await writeFile(join(results, 'lenet.json'), JSON.stringify(reproduction));
  const notes: string[] = [];
  const found = await collectResults(results, { onNote: ({ text }) => notes.push(text) });
  expect(notes.join('\n')).toMatch(/other\.json is no result[^]*quick\.json is of the quick form/);
  const places = { page: join(folder, 'RESULTS.md'), plots: join(results, 'plots') };
  const written = await writeResults(found, places);
  expect(written.map((path) => path.slice(folder.length + 1))).toEqual([
    'RESULTS.md',
    join('results', 'plots', 'tiny.shapes.svg'),
    join('results', 'plots', 'tiny.shapes.csv'),
    join('results', 'plots', 'branchynet-lenet.svg'),
  ]);
  const page = await readFile(places.page, 'utf8');
  expect(resultFiles(await collectResults(results), places).get(places.page)).toBe(page);
  expect(page).toContain('![Accuracy and cost of Tiny on \\*shapes\\*](results/plots/tiny.shapes.svg)');
  expect(page).toMatch(/\| `cheap` +\| right +\| +99\.25 % \| +99\.23 % \|/);
  expect(page).toContain('- **Not reached**: `cheap`, right: 99.23 %, at least 99.30 % wanted.');
  expect(page).toContain('\n\n- Better of two tries.\n\n');
  expect(page).not.toContain('quick-one');
  expect(page).toContain('`earlyexit reproduce sdn-resnet56`');
  expect(page).not.toContain('`earlyexit reproduce branchynet-lenet`:');
});

it('says what a folder without results lacks, and which result is damaged', async () => {
  const empty = join(folder, 'empty');
  expect((await failure(collectResults(empty))).message).toContain('empty');
  await mkdir(empty);
  expect((await failure(collectResults(empty))).message).toContain('an empty folder');
  await writeFile(join(empty, 'lenet.json'), JSON.stringify({ ...reproduction, systems: [] }));
  expect((await failure(collectResults(empty))).message).toMatch(/lenet\.json.*systems/s);
});

const reproduction = {
  ...{ format: 'earlyexit-reproduction', formatVersion: 1, name: 'branchynet-lenet', title: 'B-LeNet' },
  ...{ paper: 'A paper', notes: ['A note'], form: 'full', command: 'earlyexit reproduce branchynet-lenet' },
  ...{ version: '0.1.0', seed: 0, seconds: 61 },
  systems: [
    {
      ...{ name: 'cheap', about: 'a cheap head', network: 'b_lenet_cheap', thresholdsFrom: 'calibration' },
      test: { top1: 0.9923, macsRatio: 5.7, averageMacs: 200, samples: 100, static: { top1: 0.99, macs: 1140 } },
      trunkOnly: { macsRatio: 7 },
      curve: [{ averageMacs: 200, top1: 0.9923, thresholds: [0.5] }],
    },
  ],
  comparison: [
    { system: 'cheap', figure: 'top1', published: 0.9925, ours: 0.9923, source: 'Table I', reason: 'training' },
  ],
  bars: [{ system: 'cheap', figure: 'top1', least: 0.993, ours: 0.9923, reached: false }],
};
