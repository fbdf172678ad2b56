import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { failure, seededDraws, temporaryFolder } from '@earlyexit/testing';
import { beforeAll, expect, it } from 'vitest';
import { recipeSchema } from './recipe';
import { reproduce } from './reproduce';
import type { ReproduceOptions } from './reproduce-options';

const folder = await temporaryFolder();
const dataDir = join(folder, 'digits');
const SIDE = 28;

/** Four files as MNIST has them: bright bars, each class in a place of its own. */
async function writeDigits(part: 'train' | 't10k', samples: number): Promise<void> {
  const { next } = seededDraws(samples);
  const labels = Uint8Array.from({ length: samples }, (_, row) => row % 10);
  const images = Uint8Array.from({ length: samples * SIDE * SIDE }, (_, index) => {
    const row = Math.floor(index / SIDE) % SIDE;
    const isBar = Math.floor(row / 2.8) === labels[Math.floor(index / (SIDE * SIDE))];
    return Math.floor((isBar ? 120 : 0) + 130 * next());
  });
  const idx = (sizes: readonly number[], bytes: Uint8Array): Buffer => {
    const header = Buffer.alloc(4 + 4 * sizes.length);
    header.writeUInt32BE(0x0800 + sizes.length);
    sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
    return Buffer.concat([header, bytes]);
  };
  await writeFile(join(dataDir, `${part}-images-idx3-ubyte`), idx([samples, SIDE, SIDE], images));
  await writeFile(join(dataDir, `${part}-labels-idx1-ubyte`), idx([samples], labels));
}

const figures = { source: 'Table 1', reason: 'a test' };
const recipe = recipeSchema.parse({
  name: 'tiny',
  title: 'Tiny',
  paper: 'none',
  dataset: 'mnist',
  augmentation: [{ padAndCrop: 1 }],
  training: { epochs: 3, batchSize: 20, optimizer: 'adam', learningRate: 0.01, schedule: 'constant' },
  quick: { epochs: 2, limit: 40 },
  systems: [
    {
      ...{
        name: 'screened',
        about: 'thresholds by screening',
        network: 'test_b_lenet',
        criterion: 'entropy',
      },
      aim: { screening: [0.01, 0.5, 1, 3] },
    },
    {
      ...{ name: 'cascade', about: 'least mean squares', network: 'test_b_lenet', criterion: 'unique-above' },
      aim: { maxAccuracyDrop: 1 },
      training: { regime: 'cascade', integrated: true, backboneShare: 0.4 },
      // More operations than a network has can nobody save.
      admitGain: 1e9,
    },
  ],
  published: [
    { system: 'screened', figure: 'top1', value: 0.9, ...figures },
    { system: 'screened', figure: 'first-exit-share', value: null, ...figures },
    { system: 'cascade', figure: 'first-exit-share', value: 0.5, ...figures },
  ],
  bars: [
    { system: 'screened', figure: 'top1', least: 0 },
    { system: 'cascade', figure: 'macs-ratio', least: 1.5 },
  ],
});

let engine: { readonly name: string; readonly version: string };
beforeAll(async () => {
  await mkdir(dataDir, { recursive: true });
  await writeDigits('train', 200);
  await writeDigits('t10k', 60);
  engine = await selectEngine('wasm');
});

function options(more: ReproduceOptions = {}): ReproduceOptions {
  return { dataDir, engine, ...more };
}

it('trains, measures and compares, and keeps what came out', async () => {
  const out = join(folder, 'results');
  const done = (await reproduce(recipe, options({ out, command: 'earlyexit reproduce tiny' })))!;
  expect(JSON.parse(await readFile(join(out, 'tiny.json'), 'utf8'))).toEqual(done.result);
  const { systems, comparison, bars, machine, ...about } = done.result;
  expect(about).toMatchObject({ form: 'full', command: 'earlyexit reproduce tiny', seed: 0, name: 'tiny' });
  expect(machine).toMatchObject({ engine: 'wasm', node: process.version });
  expect(about.seconds).toBeGreaterThan(0);
  const [screened, cascade] = systems;
  expect(screened!.thresholdsFrom).toBe('calibration');
  expect([0.01, 0.5, 1, 3]).toContain(screened!.test.thresholds[0]);
  // Heads left out, the same answers cost less.
  expect(screened!.trunkOnly.averageMacs).toBeLessThan(screened!.test.averageMacs!);
  expect(screened!.curve.length).toBeGreaterThan(0);
  expect(screened!.gains).toBeNull();
  // The stage pays too little, so the network is what it was without it.
  expect(cascade!.gains).toMatchObject([{ exit: 0, admitted: false }]);
  expect(cascade!.test.exits.map(({ name }) => name)).toEqual(['final']);
  expect(cascade!.test.macsRatio).toBe(1);
  expect(comparison.map(({ ours }) => ours)).toEqual([
    screened!.test.top1,
    screened!.test.exits[0]!.share,
    null,
  ]);
  expect(bars.map(({ reached }) => reached)).toEqual([true, false]);

  // What is finished is not trained again, and takes no other figures.
  const again = (await reproduce(recipe, options({ out, resume: true })))!;
  expect(again.result.systems).toEqual(systems);
  expect((await failure(reproduce(recipe, options({ out })))).message).toMatch(/must be empty/);
});

it('marks what was chosen on the test split, and the quick form', async () => {
  const out = join(folder, 'marked');
  const quick = (await reproduce(recipe, options({ out, quick: true, thresholdsFromTest: true })))!;
  expect(quick.result).toMatchObject({ form: 'quick', bars: [] });
  expect(quick.result.systems.map(({ thresholdsFrom }) => thresholdsFrom)).toEqual(['test', 'test']);
  expect(quick.result.systems[0]!.samples.train).toBe(40);
  expect((await readdir(out)).sort()).toEqual(['runs', 'tiny.quick.thresholds-from-test.json']);
});

it('goes on where it was stopped, to the same figures', async () => {
  const [whole, stopped] = [join(folder, 'whole'), join(folder, 'stopped')];
  const only = { ...recipe, systems: recipe.systems.slice(0, 1), published: [], bars: [] };
  const expected = (await reproduce(only, options({ out: whole })))!;
  const controller = new AbortController();
  const onProgress: ReproduceOptions['onProgress'] = ({ what, done }) => {
    if (what.startsWith('training') && done === 10) controller.abort();
  };
  const ended = await reproduce(only, options({ out: stopped, signal: controller.signal, onProgress }));
  expect(ended).toBeNull();
  expect(await readdir(stopped)).toEqual(['runs']);
  const resumed = (await reproduce(only, options({ out: stopped, resume: true })))!;
  expect(resumed.result.systems).toEqual(expected.result.systems);
});

it('counts a training once that serves two systems', async () => {
  const out = join(folder, 'shared');
  const [screened] = recipe.systems;
  const systems = [screened!, { ...screened!, name: 'again', trainedAs: 'screened' }];
  const shared = { ...recipe, systems, published: [], bars: [] };
  const { result } = (await reproduce(shared, options({ out, quick: true })))!;
  expect(await readdir(join(out, 'runs', 'tiny-quick'))).toEqual(['screened']);
  const kept = await readFile(join(out, 'runs', 'tiny-quick', 'screened', 'reproduction.json'), 'utf8');
  expect(result.seconds).toBe((JSON.parse(kept) as { readonly seconds: number }).seconds);
});
