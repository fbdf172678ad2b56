import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import type { MultiExitModel, SampleSource } from '@earlyexit/branch-head';
import { ArgumentError, EnvironmentError, randomStream } from '@earlyexit/core';
import { createModel } from '@earlyexit/model-zoo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adamw } from '../optimizers/adamw';
import { chain } from '../optimizers/chain';
import { clipByGlobalNorm } from '../optimizers/clip-by-global-norm';
import { sgd } from '../optimizers/sgd';
import { cascade } from '../regimes/cascade';
import { distill } from '../regimes/distill';
import { frozen } from '../regimes/frozen';
import { joint } from '../regimes/joint';
import { twoStage } from '../regimes/two-stage';
import { bundle } from '@earlyexit/testing/bundle';
import { stripes, tinyNetwork, weightsOf } from '../testing/tiny-network';
import { tf, tfl } from '../tf';
import { train } from '../training/train';
import type { TrainOptions } from '../training/train-options';

let program: string;
let folder: string;
beforeAll(async () => {
  await selectEngine('wasm');
  program = await bundle(new URL('../worker.ts', import.meta.url));
  folder = await mkdtemp(join(tmpdir(), 'earlyexit-workers-'));
}, 60_000);
afterAll(async () => {
  await rm(dirname(program), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

const shared = (count: number): { workers: { count: number; program: string } } => ({
  workers: { count, program },
});

/** Noise with labels that follow from it: losses fall, but there is no telling them apart at once. */
function noise(size: number, imageShape: SampleSource['imageShape'], classes: number): SampleSource {
  const random = randomStream(5);
  const [height, width, channels] = imageShape;
  const length = height * width * channels;
  const pixels = Float32Array.from({ length: size * length }, () => random() - 0.5);
  return {
    size,
    imageShape,
    labels: Int32Array.from({ length: size }, (_, row) => row % classes),
    load: (rows) => {
      const images = new Float32Array(rows.length * length);
      for (const [index, row] of rows.entries())
        images.set(pixels.subarray(row * length, (row + 1) * length), index * length);
      return Promise.resolve(images);
    },
  };
}

/** Loss of every exit at every step. */
async function lossesOf(options: TrainOptions): Promise<(number | null)[][]> {
  const losses: (number | null)[][] = [];
  await train({
    ...options,
    onEvent: (event) => {
      if (event.type === 'progress') losses.push([...event.latest.losses]);
    },
  });
  return losses;
}

function farthest(some: readonly (number | null)[][], others: readonly (number | null)[][]): number {
  return Math.max(
    ...some.flatMap((step, at) => step.map((loss, exit) => Math.abs(loss! - others[at]![exit]!))),
  );
}

it('gives B-LeNet the losses of a single worker, also where the parts are not even and the last batch is short', async () => {
  // Batches of 64, 64, 64 and 6: three workers get 21, 21 and 22 samples, of the last batch one gets all.
  const data = noise(198, [28, 28, 1], 10);
  const run = (workers: Pick<TrainOptions, 'workers'>): Promise<(number | null)[][]> =>
    lossesOf({
      model: createModel('b_lenet', { seed: 1 }),
      train: data,
      epochs: 5,
      batchSize: 64,
      optimizer: chain(clipByGlobalNorm(1), sgd({ weightDecay: 1e-3 })),
      labelSmoothing: 0.1,
      ...workers,
    });
  const alone = await run({});
  expect(alone).toHaveLength(20);
  for (const count of [2, 3]) expect(farthest(alone, await run(shared(count)))).toBeLessThan(1e-5);
});

/** Dropout, a regulariser and a constraint, no batch normalisation. */
function network(): MultiExitModel {
  const tiny = tinyNetwork();
  const input = tfl.input({ shape: [6, 6, 1] });
  const dense = (name: string, units: number): tfl.layers.Layer =>
    tfl.layers.dense({
      name,
      units,
      kernelInitializer: tfl.initializers.glorotUniform({ seed: units }),
      kernelRegularizer: tfl.regularizers.l2({ l2: 0.01 }),
      kernelConstraint: tfl.constraints.maxNorm({ maxValue: 1.5, axis: 0 }),
    });
  const apply = (layer: tfl.layers.Layer, value: tfl.SymbolicTensor): tfl.SymbolicTensor =>
    layer.apply(value) as tfl.SymbolicTensor;
  const flat = apply(tfl.layers.flatten({ name: 'relu1' }), input);
  const dropped = apply(tfl.layers.dropout({ name: 'dropout', rate: 0.3 }), apply(dense('wide', 8), flat));
  return {
    ...tiny,
    model: tfl.model({
      inputs: input,
      outputs: [apply(dense('exit0_dense', 3), flat), apply(dense('final_dense', 3), dropped)],
    }),
  };
}

it.each([
  ['joint', joint()],
  ['two-stage', twoStage()],
  ['cascade', cascade()],
])('gives every sample its dropout mask, and counts penalties once: %s', async (_, regime) => {
  const run = (workers: Pick<TrainOptions, 'workers'>): Promise<(number | null)[][]> =>
    lossesOf({
      model: network(),
      train: stripes(45),
      epochs: 4,
      batchSize: 16,
      optimizer: sgd(),
      regime,
      ...workers,
    });
  const alone = await run({});
  for (const count of [2, 4]) expect(farthest(alone, await run(shared(count)))).toBeLessThan(1e-5);
});

describe('two workers on a network with batch normalisation', () => {
  const run = async (options: Partial<TrainOptions>): Promise<MultiExitModel> => {
    const model = tinyNetwork();
    await train({
      model,
      train: stripes(44),
      validation: stripes(12, 2),
      epochs: 4,
      batchSize: 16,
      optimizer: adamw(),
      averageDecay: 0.9,
      ...options,
    });
    return model;
  };

  it.each([
    ['joint', {}],
    ['two-stage', { regime: twoStage() }],
    ['frozen', { regime: frozen() }],
    ['distill', { regime: distill() }],
    ['cascade', { regime: cascade() }],
  ])('give the same bits again: %s', async (_, options: Partial<TrainOptions>) => {
    const first = weightsOf(await run({ ...options, ...shared(2) }));
    expect(weightsOf(await run({ ...options, ...shared(2) }))).toEqual(first);
    expect(first.flat().every(Number.isFinite)).toBe(true);
    expect(first).not.toEqual(weightsOf(tinyNetwork()));
  });

  it('move its statistics by the mean of what their parts had', async () => {
    // One step without learning: only the statistics move. Parts of 9 and 10 samples.
    const data = stripes(19);
    const options = { optimizer: sgd({ momentum: 0 }), schedule: () => 0, epochs: 1, batchSize: 19 };
    const still = { train: data, validation: null, averageDecay: 0 };
    const together = await run({ ...options, ...still, ...shared(2) });
    const order: number[] = [];
    const recorded: SampleSource = {
      ...data,
      load: (rows, given) => {
        order.push(...rows);
        return data.load(rows, given);
      },
    };
    await run({ ...options, ...still, train: recorded });
    const partOf = (rows: number[]): SampleSource => ({
      ...data,
      size: rows.length,
      labels: Int32Array.from(rows, (row) => data.labels[row]!),
      load: (some, given) =>
        data.load(
          Int32Array.from(some, (each) => rows[each]!),
          given,
        ),
    });
    const parts = [order.slice(0, 9), order.slice(9)];
    const apart = await Promise.all(parts.map((rows) => run({ ...options, ...still, train: partOf(rows) })));
    for (const name of ['moving_mean', 'moving_variance']) {
      const [all, first, second] = [together, ...apart].map(({ model }) =>
        model
          .getLayer('bn1')
          .weights.find(({ originalName }) => originalName.endsWith(name))!
          .read()
          .dataSync(),
      );
      for (const [index, value] of all!.entries()) {
        expect(value).toBeCloseTo((9 * first![index]! + 10 * second![index]!) / 19, 6);
      }
      expect(first).not.toEqual(second);
    }
  });
});

it.each([
  ['the first phase', joint()],
  // The workers have to hear of what the phase before has trained.
  ['the second phase', twoStage()],
])('resumes with the same bits in %s, and says so where the workers are others', async (name, regime) => {
  const options = { train: stripes(40), epochs: 3, batchSize: 8, optimizer: adamw(), regime };
  const whole = tinyNetwork();
  await train({ ...options, ...shared(2), model: whole });
  const runDirectory = join(folder, name);
  const stop = new AbortController();
  const part = await train({
    ...options,
    ...shared(2),
    model: tinyNetwork(),
    runDirectory,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'progress' && event.step === 12) stop.abort();
    },
  });
  expect(part).toMatchObject({ interrupted: true, step: 12 });
  const resumed = tinyNetwork();
  await train({ ...options, ...shared(2), model: resumed, runDirectory, resume: true });
  expect(weightsOf(resumed)).toEqual(weightsOf(whole));

  const warnings: string[] = [];
  await train({
    ...options,
    model: tinyNetwork(),
    runDirectory,
    resume: true,
    onEvent: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
    },
  });
  expect(warnings).toEqual(['The run that is resumed had other settings: workers']);
});

describe('refuses', () => {
  const options = { train: stripes(16), epochs: 1, batchSize: 8 };

  it('more workers than a batch has samples for', async () => {
    const training = train({ ...options, model: tinyNetwork(), workers: 3 });
    await expect(training).rejects.toThrow(ArgumentError);
    await expect(training).rejects.toThrow(/batches of 8 take 2 at most/);
  });

  it('another engine', async () => {
    await selectEngine('cpu');
    try {
      const training = train({ ...options, model: tinyNetwork(), workers: 2 });
      await expect(training).rejects.toThrow(/on the WASM engine only/);
    } finally {
      await selectEngine('wasm');
    }
  });

  it('a program that is not there', async () => {
    const workers = { count: 2, program: join(folder, 'nowhere.cjs') };
    const training = train({ ...options, model: tinyNetwork(), workers });
    await expect(training).rejects.toThrow(EnvironmentError);
    await expect(training).rejects.toThrow(/nowhere\.cjs/);
  });
});

it('a thread that dies ends the training with an error, and the checkpoint stays', async () => {
  const options = { train: stripes(40), epochs: 3, batchSize: 8, optimizer: adamw() };
  const runDirectory = join(folder, 'dead');
  const dying = join(folder, 'dying.cjs');
  // It says that it is done once for the phase and once a step: this one leaves in the fifth step.
  await writeFile(
    dying,
    `const { sub } = Atomics;
     let left = 5;
     Atomics.sub = (...rest) => (left-- > 0 ? sub(...rest) : process.exit(3));
     require(${JSON.stringify(program)});`,
  );
  const training = train({
    ...options,
    model: tinyNetwork(),
    runDirectory,
    checkpointEvery: 1,
    workers: { count: 2, program: dying },
  });
  await expect(training).rejects.toThrow(EnvironmentError);
  await expect(training).rejects.toThrow(/it ended with code 3/);
  const steps: number[] = [];
  await train({
    ...options,
    ...shared(2),
    model: tinyNetwork(),
    runDirectory,
    resume: true,
    onEvent: (event) => {
      if (event.type === 'resume') steps.push(event.step);
    },
  });
  expect(steps).toEqual([4]);
});

it('leaks no tensor', async () => {
  const model = tinyNetwork();
  const run = (): Promise<unknown> =>
    train({ model, train: stripes(40), epochs: 2, batchSize: 8, optimizer: adamw(), ...shared(2) });
  await run();
  const before = tf.memory().numTensors;
  await run();
  expect(tf.memory().numTensors).toBe(before);
});
