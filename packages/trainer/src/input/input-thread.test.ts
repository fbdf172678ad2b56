import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { selectEngine } from '@earlyexit/backend';
import type { SampleSource } from '@earlyexit/branch-head';
import { ArgumentError, DataError, EnvironmentError } from '@earlyexit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adam } from '../optimizers/adam';
import { bundle } from '@earlyexit/testing/bundle';
import { type StripesData, stripesWithOrigin } from '../testing/stripes';
import { tinyNetwork, weightsOf } from '../testing/tiny-network';
import { train } from '../training/train';
import type { TrainOptions } from '../training/train-options';

let program: string;
let module: string;
let folder: string;
beforeAll(async () => {
  await selectEngine('wasm');
  program = await bundle(new URL('../input-thread.ts', import.meta.url));
  module = pathToFileURL(await bundle(new URL('../testing/stripes.ts', import.meta.url))).href;
  folder = await mkdtemp(join(tmpdir(), 'earlyexit-input-'));
}, 60_000);
afterAll(async () => {
  for (const each of [dirname(program), dirname(new URL(module).pathname), folder])
    await rm(each, { recursive: true, force: true });
});

/** Stripes, and how many batches of them were loaded in this thread. */
function counted(data: Partial<StripesData> = {}): { source: SampleSource; inLine: () => number } {
  const source = stripesWithOrigin(module, { size: 44, seed: 1, ...data });
  let loads = 0;
  const load: SampleSource['load'] = (...args) => {
    loads += 1;
    return source.load(...args);
  };
  return {
    source: { ...source, load: Object.assign(load, { origin: source.load.origin }) },
    inLine: () => loads,
  };
}

async function weightsAfter(options: Partial<TrainOptions>, source: SampleSource): Promise<number[][]> {
  const model = tinyNetwork();
  await train({ model, train: source, epochs: 3, batchSize: 16, optimizer: adam(), ...options });
  return weightsOf(model);
}
const threads = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

describe('a thread that loads the batches', () => {
  it('gives the same bits as loading in line, and ends with the training', async () => {
    const before = threads();
    const there = counted();
    const weights = await weightsAfter({ inputThread: { program } }, there.source);
    // The first batch, which does not wait for the thread to start.
    expect(there.inLine()).toBe(1);
    expect(threads()).toBe(before);
    const here = counted();
    expect(await weightsAfter({ inputThread: false }, here.source)).toEqual(weights);
    expect(here.inLine()).toBe(9);
  });

  it('goes on with an interrupted training, whichever way the batches came before', async () => {
    const whole = await weightsAfter({ inputThread: false }, counted().source);
    for (const [index, ways] of [
      [{ program }, { program }],
      [{ program }, false],
      [false, { program }],
    ].entries()) {
      const runDirectory = join(folder, `run${index}`);
      const controller = new AbortController();
      const [first, second] = ways as [TrainOptions['inputThread'], TrainOptions['inputThread']];
      const stopped = await train({
        ...{ model: tinyNetwork(), train: counted().source, epochs: 3, batchSize: 16, optimizer: adam() },
        ...{ runDirectory, signal: controller.signal },
        ...(first === undefined ? {} : { inputThread: first }),
        onEvent: (event) => {
          if (event.type === 'progress' && event.step === 4) controller.abort();
        },
      });
      expect(stopped).toMatchObject({ interrupted: true, step: 4 });
      const resumed = {
        runDirectory,
        resume: true,
        ...(second === undefined ? {} : { inputThread: second }),
      };
      expect(await weightsAfter(resumed, counted().source)).toEqual(whole);
    }
  });

  it('fails as loading in line does, and is gone then', async () => {
    const before = threads();
    const errors: unknown[] = [];
    for (const inputThread of [{ program }, false]) {
      const { source } = counted({ damagedRow: 5 });
      errors.push(await weightsAfter({ inputThread }, source).catch((error: unknown) => error));
    }
    const [there, here] = errors as [DataError, DataError];
    expect(there).toBeInstanceOf(DataError);
    expect([there.message, there.parts, there.cause]).toEqual([here.message, here.parts, here.cause]);
    expect(there.message).toBe('row 5: the stripes are whole. Received: half. Get them again.');
    expect(threads()).toBe(before);
  });

  it('says so when it dies', async () => {
    const dead = weightsAfter({ inputThread: { program } }, counted({ deadlyRow: 5 }).source);
    await expect(dead).rejects.toThrow(EnvironmentError);
    await expect(dead).rejects.toThrow(/train inputThread.*it ended with code 7.*resume/);
    const missing = weightsAfter({ inputThread: { program: join(folder, 'missing.js') } }, counted().source);
    await expect(missing).rejects.toThrow(/train inputThread.*missing\.js/);
  });
});

describe('without a thread', () => {
  it('loads in line what says nothing of an origin, or where its module or the program is not a file', async () => {
    // On sources there is no program beside the module that looks for it.
    expect(existsSync(new URL('./input-thread.js', import.meta.url))).toBe(false);
    const { source, inLine } = counted();
    await weightsAfter({}, source);
    expect(inLine()).toBe(9);
  });

  it.each<[string, (source: SampleSource) => SampleSource, RegExp]>([
    ['a source without origin', (source) => ({ ...source, load: source.load.bind(null) }), /without it/],
    [
      'a module that is not there',
      (source) => withOrigin(source, { module: 'file:///no/such.js' }),
      /such\.js/,
    ],
    ['data with functions', (source) => withOrigin(source, { data: () => 1 }), /can be cloned to a thread/],
    [
      'another export',
      (source) => withOrigin(source, { name: 'open' }),
      /exports the function open.*undefined/,
    ],
  ])('a thread that was asked for is refused: %s', async (_, change, rule) => {
    const refused = weightsAfter({ inputThread: { program } }, change(counted().source));
    await expect(refused).rejects.toThrow(ArgumentError);
    await expect(refused).rejects.toThrow(rule);
  });
});

function withOrigin(source: SampleSource, change: object): SampleSource {
  const load: SampleSource['load'] = (...args) => source.load(...args);
  return { ...source, load: Object.assign(load, { origin: { ...source.load.origin!, ...change } }) };
}
