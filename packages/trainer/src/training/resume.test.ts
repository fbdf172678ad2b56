import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { boostExits, cascadeHeads, type MultiExitModel } from '@earlyexit/branch-head';
import { loadModel } from '@earlyexit/branch-head/node';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adamw } from '../optimizers/adamw';
import { chain } from '../optimizers/chain';
import { clipByGlobalNorm } from '../optimizers/clip-by-global-norm';
import { sgd } from '../optimizers/sgd';
import { annealedDistill } from '../regimes/annealed-distill';
import { beYourOwnTeacher } from '../regimes/be-your-own-teacher';
import { boosted } from '../regimes/boosted';
import { distill } from '../regimes/distill';
import { twoStage } from '../regimes/two-stage';
import { zeroTimeWaste } from '../regimes/zero-time-waste';
import { cosineSchedule } from '../schedules/cosine-schedule';
import { threeExits } from '../testing/three-exits';
import { stripes, tinyNetwork, weightsOf } from '../testing/tiny-network';
import { train, type TrainResult } from './train';
import type { TrainOptions } from './train-options';
import type { TrainingEvent } from './training-event';

let path: string;
beforeAll(async () => {
  await selectEngine('wasm');
});
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'earlyexit-train-')), 'run');
});
afterEach(() => rm(join(path, '..'), { recursive: true, force: true }));

const common = { train: stripes(20), validation: stripes(9, 2), epochs: 3, batchSize: 8, seed: 5 } as const;
const recipes: [string, Partial<TrainOptions>, (() => MultiExitModel)?][] = [
  ['sgd with momentum and a schedule', { schedule: cosineSchedule({ learningRate: 0.1 }) }],
  ['adamw, clipped, averaged', { optimizer: chain(clipByGlobalNorm(1), adamw()), averageDecay: 0.9 }],
  ['two stages', { regime: twoStage({ second: 'everything' }), optimizer: sgd({ nesterov: true }) }],
  ['distillation, best epoch restored', { regime: distill(), restoreBest: true }],
  ['a temperature that rises', { regime: annealedDistill({ highestConfidence: 0.3 }) }],
  ['hints on features', { regime: beYourOwnTeacher() }],
  ['boosted exits', { regime: boosted() }, () => boostExits(threeExits())],
  ['heads that see each other', { regime: zeroTimeWaste() }, () => cascadeHeads(threeExits())],
];

/** Trains, and stops after each of `stops` steps (counted from the beginning) to go on in a fresh network. */
async function inPieces(
  options: Partial<TrainOptions>,
  stops: number[],
  network = () => tinyNetwork(),
): Promise<{ model: MultiExitModel; result: TrainResult }> {
  for (const stop of [...stops, Infinity]) {
    const model = network();
    const abort = new AbortController();
    const result = await train({
      ...common,
      ...options,
      model,
      runDirectory: path,
      resume: true,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.step >= stop) abort.abort();
      },
    });
    if (stop === Infinity) return { model, result };
    expect(result.interrupted).toBe(true);
    expect(result.step).toBe(stop);
  }
  throw new Error('unreachable');
}

async function events(): Promise<TrainingEvent[]> {
  const lines = (await readFile(join(path, 'events.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as TrainingEvent);
}

describe('an interrupted and resumed training', () => {
  it.each(recipes)(
    'ends bit-equal to an uninterrupted one: %s',
    async (_, options, network = () => tinyNetwork()) => {
      const whole = network();
      const uninterrupted = await train({ ...common, ...options, model: whole });
      // In the middle of the first epoch, at its end, at the second's start and middle, before the very last step.
      const { model, result } = await inPieces(options, [1, 3, 4, 5, 8], network);
      expect(weightsOf(model)).toEqual(weightsOf(whole));
      expect(result.bestEpoch).toBe(uninterrupted.bestEpoch);
      const withoutTimes = (epochs: TrainResult['epochs']): unknown[] =>
        epochs.map(({ seconds: _s, imagesPerSecond: _i, waitShare: _w, ...rest }) => rest);
      expect(withoutTimes(result.epochs)).toEqual(withoutTimes(uninterrupted.epochs));
      const resumed = (await events()).filter((event) => event.type === 'resume').map((event) => event.step);
      expect(resumed).toEqual([1, 3, 4, 5, 8]);
    },
  );

  it('goes on from the checkpoint before a damaged one, to the same end', async () => {
    const whole = tinyNetwork();
    await train({ ...common, model: whole });
    const abort = new AbortController();
    const options = { ...common, checkpointEvery: 1, runDirectory: path };
    await train({
      ...options,
      model: tinyNetwork(),
      signal: abort.signal,
      onEvent: (event) => event.type === 'progress' && event.step === 5 && abort.abort(),
    });
    const checkpoints = join(path, 'checkpoints');
    const newest = (await readdir(checkpoints)).sort().at(-1)!;
    await truncate(join(checkpoints, newest, 'tensors.safetensors'), 100);
    const model = tinyNetwork();
    await train({ ...options, model, resume: true });
    expect(weightsOf(model)).toEqual(weightsOf(whole));
    const log = await events();
    expect(log.find((event) => event.type === 'warning')).toMatchObject({
      message: expect.stringContaining(newest) as string,
    });
    expect(log.find((event) => event.type === 'resume')).toMatchObject({ step: 4 });
  });

  it('says from what to what the learning rate jumps where more epochs stretch its schedule', async () => {
    const schedule = cosineSchedule({ learningRate: 0.1 });
    const warnings: string[] = [];
    const options = { ...common, schedule, runDirectory: path, resume: true };
    const onEvent = (event: TrainingEvent): void => {
      if (event.type === 'warning') warnings.push(event.message);
    };
    await train({ ...options, model: tinyNetwork(), onEvent });
    expect(warnings).toEqual([expect.stringContaining('starts from the beginning')]);
    warnings.length = 0;
    await train({ ...options, epochs: 6, model: tinyNetwork(), onEvent });
    expect(warnings.at(-1)).toMatch(/^The learning rate jumps from 0\.00\d+ to 0\.05\d*: over 6 epochs/);
  });

  it('is refused while another process, or this one, trains in the folder', async () => {
    const options = { ...common, runDirectory: path, resume: true };
    const refused: unknown[] = [];
    await train({
      ...options,
      epochs: 1,
      model: tinyNetwork(),
      onEvent: (event) => {
        if (event.type !== 'progress' || event.step !== 1) return;
        void train({ ...options, model: tinyNetwork() }).catch((error: unknown) => refused.push(error));
      },
    });
    expect(String(refused[0])).toContain(`a training is at work (process ${process.pid}`);
    expect(await readdir(path)).not.toContain('lock');
    await train({ ...options, model: tinyNetwork() });
  });

  it('that was aborted while validating validates first when resumed', async () => {
    const abort = new AbortController();
    const validation = stripes(9, 2);
    const stopping: typeof validation = {
      ...validation,
      load: async (rows, options) => {
        abort.abort();
        return validation.load(rows, options);
      },
    };
    const first = await train({
      ...common,
      model: tinyNetwork(),
      validation: { ...stopping, size: 9 },
      batchSize: 8,
      runDirectory: path,
      signal: abort.signal,
    });
    expect(first).toMatchObject({ interrupted: true, step: 3, epochs: [] });
    const model = tinyNetwork();
    const second = await train({ ...common, model, runDirectory: path, resume: true });
    const whole = tinyNetwork();
    await train({ ...common, model: whole });
    expect(second.epochs).toHaveLength(3);
    expect(weightsOf(model)).toEqual(weightsOf(whole));
  });
});

describe('resuming', () => {
  it('says that a finished training is finished, and gives its result again', async () => {
    const first = tinyNetwork();
    const done = await train({ ...common, model: first, runDirectory: path, averageDecay: 0.8 });
    const again = tinyNetwork();
    const result = await train({
      ...common,
      model: again,
      runDirectory: path,
      averageDecay: 0.8,
      resume: true,
    });
    expect(result.alreadyFinished).toBe(true);
    expect(result.epochs).toEqual(done.epochs);
    expect(result.bestEpoch).toBe(done.bestEpoch);
    expect(weightsOf(again)).toEqual(weightsOf(first));
    expect((await events()).at(-1)).toMatchObject({ type: 'end', reason: 'already-finished' });
  });

  it('goes on when there are more epochs than before, and says what changed', async () => {
    await train({ ...common, model: tinyNetwork(), runDirectory: path, epochs: 2 });
    const result = await train({
      ...common,
      model: tinyNetwork(),
      runDirectory: path,
      epochs: 3,
      resume: true,
    });
    expect(result.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(await events()).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        message: expect.stringMatching(/settings: epochs$/) as string,
      }),
    );
  });

  it('starts from the beginning where there is no checkpoint, and says so', async () => {
    const result = await train({
      ...common,
      model: tinyNetwork(),
      runDirectory: path,
      epochs: 1,
      resume: true,
    });
    expect(result.epochs).toHaveLength(1);
    expect((await events()).slice(0, 2)).toMatchObject([
      { type: 'warning', message: expect.stringContaining('no checkpoint') as string },
      { type: 'start', step: 0 },
    ]);
  });

  it.each([
    ['seed', { seed: 6 }],
    ['batchSize', { batchSize: 4 }],
    ['samples', { train: stripes(21) }],
    ['regime', { regime: distill() }],
  ])('refuses another %s', async (name, options) => {
    await train({ ...common, model: tinyNetwork(), runDirectory: path, epochs: 1 });
    const resumed = train({ ...common, model: tinyNetwork(), runDirectory: path, resume: true, ...options });
    await expect(resumed).rejects.toThrow(new RegExp(`train\\(\\{ ${name} \\}\\): must be that of the run`));
  });

  it('refuses another optimizer', async () => {
    await train({ ...common, model: tinyNetwork(), runDirectory: path, epochs: 1 });
    const resumed = train({
      ...common,
      model: tinyNetwork(),
      runDirectory: path,
      resume: true,
      optimizer: adamw(),
    });
    await expect(resumed).rejects.toThrow(/the optimizer, the regime and the averaging/);
  });
});

describe('the run folder of a training', () => {
  it('holds what it promises', async () => {
    const model = tinyNetwork();
    const { epochs } = await train({ ...common, model, runDirectory: path, config: { dataset: 'stripes' } });
    expect((await readdir(path)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'events.jsonl',
      'metrics.csv',
      'model',
    ]);
    const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8')) as Record<string, unknown>;
    expect(config).toMatchObject({ dataset: 'stripes', training: { seed: 5, batchSize: 8, samples: 20 } });
    expect((await readFile(join(path, 'metrics.csv'), 'utf8')).trimEnd().split('\n')).toHaveLength(
      epochs.length + 1,
    );
    expect((await events()).map(({ type }) => type)).toEqual([
      'start',
      ...['epoch', 'checkpoint', 'epoch', 'checkpoint', 'epoch', 'checkpoint'],
      'end',
    ]);
    expect(await readdir(join(path, 'checkpoints'))).toHaveLength(2);
    const last = await loadModel(join(path, 'model', 'last'));
    expect(weightsOf(last)).toEqual(weightsOf(model));
    await loadModel(join(path, 'model', 'best'));
  });

  it('keeps the last checkpoint, and notes why the training failed, when the loss is no longer finite', async () => {
    let calls = 0;
    const broken: typeof common.train.load = async (rows, options) => {
      calls += 1;
      if (calls > 4) return new Float32Array(rows.length * 36).fill(Number.NaN);
      return common.train.load(rows, options);
    };
    const run = train({
      ...common,
      train: { ...common.train, load: broken },
      model: tinyNetwork(),
      runDirectory: path,
    });
    await expect(run).rejects.toThrow(/must stay a finite number/);
    expect((await events()).at(-1)).toMatchObject({
      type: 'fail',
      error: expect.stringMatching(/finite/) as string,
    });
    const model = tinyNetwork();
    const { epochs } = await train({ ...common, model, runDirectory: path, resume: true });
    expect(epochs).toHaveLength(3);
    const whole = tinyNetwork();
    await train({ ...common, model: whole });
    expect(weightsOf(model)).toEqual(weightsOf(whole));
  });

  it('is refused when it is in use and not resumed', async () => {
    await train({ ...common, model: tinyNetwork(), runDirectory: path, epochs: 1 });
    await expect(train({ ...common, model: tinyNetwork(), runDirectory: path })).rejects.toThrow(
      /must be empty/,
    );
  });
});
