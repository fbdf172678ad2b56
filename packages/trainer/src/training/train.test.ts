import { selectEngine } from '@earlyexit/backend';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { EarlyExitError } from '@earlyexit/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { rampLossWeights } from './loss-weights';
import { adam } from '../optimizers/adam';
import { sgd } from '../optimizers/sgd';
import { describeSchedule } from '../schedules/schedule';
import { stripes, tinyNetwork, weightsOf } from '../testing/tiny-network';
import { tf, tfl } from '../tf';
import { train } from './train';
import type { TrainOptions } from './train-options';
import type { TrainingProgress } from './training-event';
import { validate } from '../epoch/validate';

describe.each(['cpu', 'wasm'] as const)('train on %s', (engine) => {
  beforeAll(async () => {
    await selectEngine(engine);
  });

  it('learns, and reports on every exit', async () => {
    const { epochs, bestEpoch, interrupted, step } = await train({
      model: tinyNetwork(),
      train: stripes(60),
      validation: stripes(30, 2),
      epochs: 3,
      batchSize: 16,
      optimizer: adam(),
      schedule: () => 0.01,
      policy: { criterion: 'max-probability', thresholds: [0.6] },
    });
    expect({ interrupted, step, bestEpoch }).toEqual({
      interrupted: false,
      step: 12,
      bestEpoch: expect.any(Number) as number,
    });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    const last = epochs[2]!;
    expect(last.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2);
    expect(last.trainAccuracy.every((accuracy) => accuracy! > 0.8)).toBe(true);
    const { validation } = last;
    expect(validation!.accuracy.every((accuracy) => accuracy > 0.8)).toBe(true);
    expect(validation!.summary!.exits.map((exit) => exit.name)).toEqual(['exit0', 'final']);
    expect(validation!.score).toBe(validation!.summary!.top1);
  });

  it('gives bit-equal weights when repeated, and others with another seed', async () => {
    const run = async (seed: number): Promise<number[][]> => {
      const model = tinyNetwork();
      await train({ model, train: stripes(40), epochs: 2, batchSize: 16, seed });
      return weightsOf(model);
    };
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });

  it('leaks no tensor over steps, epochs and runs', async () => {
    const model = tinyNetwork();
    const counts: number[] = [];
    const run = (): Promise<unknown> =>
      train({
        model,
        train: stripes(40),
        validation: stripes(10),
        epochs: 2,
        batchSize: 8,
        averageDecay: 0.9,
        optimizer: adam(),
        onEvent: (event) => event.type === 'progress' && counts.push(tf.memory().numTensors),
      });
    await run();
    const between = tf.memory().numTensors;
    await run();
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(between);
  });
});

describe('train', () => {
  const quick = { train: stripes(24), epochs: 2, batchSize: 8 } as const;
  beforeAll(async () => {
    await selectEngine('wasm');
  });

  /** The weights after two epochs, as one list of numbers. */
  const trained = async (
    options: Partial<TrainOptions>,
    model: MultiExitModel = tinyNetwork(),
  ): Promise<number[]> => {
    await train({ ...quick, ...options, model });
    return weightsOf(model).flat();
  };

  it('asks the schedule for every step, and uses what it says', async () => {
    const asked: number[][] = [];
    const schedule = (step: number, total: number): number => {
      asked.push([step, total]);
      return 0;
    };
    const trainable = (model: MultiExitModel): string =>
      model.model.trainableWeights.map((weight) => weight.read().dataSync().join()).join();
    const model = tinyNetwork();
    const before = trainable(model);
    await train({ ...quick, model, schedule });
    expect(trainable(model)).toBe(before);
    for (const step of [0, 1, 2, 3, 4, 5]) expect(asked).toContainEqual([step, 6]);
  });

  it('weighs the exits: an exit of weight 0 is not trained by its own loss', async () => {
    const model = tinyNetwork();
    const kernel = (): string => model.model.getLayer('exit0_dense').weights[0]!.read().dataSync().join();
    const before = kernel();
    await train({ ...quick, model, lossWeights: [0, 1] });
    expect(kernel()).toBe(before);
    await train({ ...quick, model, lossWeights: [0.1, 0.9] });
    expect(kernel()).not.toBe(before);
  });

  it('takes the loss weights of the network unless others are given, and equal ones without', async () => {
    const plain = tinyNetwork();
    const own = { ...plain, metadata: { ...plain.metadata, lossWeights: [0.3, 0.7] } };
    expect(await trained({}, own)).toEqual(await trained({ lossWeights: [0.3, 0.7] }));
    expect(await trained({})).toEqual(await trained({ lossWeights: [0.5, 0.5] }));
  });

  it('follows loss weights that change with the progress', async () => {
    const progress: number[] = [];
    const lossWeights = (at: number): number[] => {
      progress.push(at);
      return [at, 1];
    };
    await train({ ...quick, model: tinyNetwork(), lossWeights });
    expect(progress).toContain(0);
    expect(progress).toContain(0.2);
    expect(progress.at(-1)).toBe(1);
    expect(await trained({ lossWeights: rampLossWeights([0, 1], [1, 1]) })).toEqual(
      await trained({ lossWeights }),
    );
  });

  it('leaves frozen layers alone, their moving statistics included', async () => {
    const model = tinyNetwork();
    for (const name of ['conv1', 'bn1']) model.model.getLayer(name).trainable = false;
    const read = (name: string): string =>
      model.model
        .getLayer(name)
        .weights.map((weight) => weight.read().dataSync().join())
        .join();
    const before = [read('conv1'), read('bn1'), read('conv2')];
    await train({ ...quick, model, optimizer: sgd({ weightDecay: 0.1 }) });
    expect([read('conv1'), read('bn1')]).toEqual(before.slice(0, 2));
    expect(read('conv2')).not.toBe(before[2]);
  });

  it('refuses to train a network that is frozen altogether', async () => {
    const model = tinyNetwork();
    for (const layer of model.model.layers) layer.trainable = false;
    await expect(train({ ...quick, model })).rejects.toThrow(/weights that are not frozen/);
  });

  it('adds the penalties of layers that have regularisers', async () => {
    const build = (strength: number): MultiExitModel => {
      const input = tfl.input({ shape: [6, 6, 1] });
      const flat = tfl.layers.flatten().apply(input);
      const kernelRegularizer = tfl.regularizers.l2({ l2: strength });
      const kernelInitializer = tfl.initializers.glorotUniform({ seed: 1 });
      const dense = tfl.layers.dense({ units: 3, kernelRegularizer, kernelInitializer }).apply(flat);
      const { metadata } = tinyNetwork();
      const exits = metadata.exits.slice(1);
      return {
        model: tfl.model({ inputs: input, outputs: dense as tfl.SymbolicTensor }),
        metadata: { ...metadata, exits },
      };
    };
    const length = async (strength: number): Promise<number> => {
      const weights = await trained({ schedule: () => 0.1 }, build(strength));
      return Math.hypot(...weights);
    };
    expect(await length(1)).toBeLessThan(0.75 * (await length(1e-9)));
  });

  it('trains a network without early exits', async () => {
    const { model, metadata } = tinyNetwork();
    const plain = {
      model: tfl.model({ inputs: model.inputs, outputs: model.outputs[1]! }),
      metadata: { ...metadata, exits: metadata.exits.slice(1) },
    };
    const { epochs } = await train({ ...quick, model: plain, validation: stripes(9) });
    expect(epochs[1]!.trainAccuracy).toHaveLength(1);
  });

  it('averages weights: what is validated and returned is the average of what was trained', async () => {
    const kernel = (model: MultiExitModel): number[] => [
      ...model.model.getLayer('conv2').weights[0]!.read().dataSync(),
    ];
    const model = tinyNetwork();
    let average = kernel(model);
    const { epochs } = await train({
      ...quick,
      model,
      validation: stripes(9),
      averageDecay: 0.25,
      onEvent: (event) => {
        if (event.type !== 'progress') return;
        // step is counted from 1 in events and from 0 in the warm-up of the decay, which is 0.1, 0.18…, 0.25, 0.25, …
        const decay = Math.min(0.25, event.step / (9 + event.step));
        average = kernel(model).map((value, index) => decay * average[index]! + (1 - decay) * value);
      },
    });
    kernel(model).forEach((value, index) => expect(value).toBeCloseTo(average[index]!, 6));
    const options = { batchSize: 8, lossWeights: [0.5, 0.5], policy: null, signal: undefined };
    expect(await validate(model, stripes(9), options)).toEqual(epochs[1]!.validation);
    // The training itself goes on as without.
    const without = await train({ ...quick, model: tinyNetwork() });
    expect(epochs.map(({ trainLoss }) => trainLoss)).toEqual(
      without.epochs.map(({ trainLoss }) => trainLoss),
    );
  });

  it('stops when nothing gets better, and restores the best weights', async () => {
    const scores: number[] = [];
    const model = tinyNetwork();
    const kept: number[][][] = [];
    // A learning rate that is good for one epoch and then ruins the network.
    const schedule = (step: number): number => (step < 3 ? 0.05 : 3);
    const result = await train({
      ...quick,
      model,
      epochs: 20,
      schedule,
      validation: stripes(30, 2),
      earlyStopping: { patience: 2 },
      onEvent: (event) => {
        if (event.type === 'epoch') {
          scores.push(event.validation!.score);
          kept.push(weightsOf(model));
        }
      },
    });
    expect(result.stoppedEarly).toBe(true);
    expect(result.epochs.length).toBe(result.bestEpoch! + 2);
    expect(Math.max(...scores)).toBe(scores[result.bestEpoch! - 1]);
    expect(weightsOf(model)).toEqual(kept[result.bestEpoch! - 1]);
  });

  it('stops at a loss that is no longer finite, with the weights of the last good step', async () => {
    const model = tinyNetwork();
    const broken = stripes(24);
    const load: typeof broken.load = async (rows, options) =>
      (await broken.load(rows, options)).map((value) => (rows.includes(11) ? Number.NaN : value));
    let good: number[] = [];
    let error: unknown;
    const trainable = (): number[] =>
      model.model.trainableWeights.flatMap((weight) => [...weight.read().dataSync()]);
    await train({
      ...quick,
      model,
      train: { ...broken, load },
      // With this seed the broken sample comes in the second batch or later.
      seed: 2,
      onEvent: (event) => {
        if (event.type === 'progress') good = trainable();
      },
    }).catch((thrown: unknown) => (error = thrown));
    expect(EarlyExitError.is(error) && error.kind).toBe('data');
    expect(String(error)).toMatch(
      /train, step \d of phase joint: the loss must stay .* NaN at exit0.* learning rate/,
    );
    expect(good).not.toEqual([]);
    expect(trainable()).toEqual(good);
  });

  it('can be interrupted without a run folder', async () => {
    const abort = new AbortController();
    const result = await train({
      ...quick,
      model: tinyNetwork(),
      signal: abort.signal,
      onEvent: (event) => event.type === 'progress' && event.step === 2 && abort.abort(),
    });
    expect(result).toMatchObject({ interrupted: true, step: 2, bestEpoch: null });
  });

  it('hears a signal that is sent from outside in the middle of an epoch', async () => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), 30);
    const result = await train({ ...quick, model: tinyNetwork(), epochs: 10_000, signal: abort.signal });
    clearTimeout(timer);
    expect(result.interrupted).toBe(true);
  });

  it('reports progress after every step', async () => {
    const progress: TrainingProgress[] = [];
    await train({
      ...quick,
      model: tinyNetwork(),
      onEvent: (event) => event.type === 'progress' && progress.push(event),
    });
    expect(progress.map(({ epoch, batch, step }) => [epoch, batch, step])).toEqual([
      [1, 1, 1],
      [1, 2, 2],
      [1, 3, 3],
      [2, 1, 4],
      [2, 2, 5],
      [2, 3, 6],
    ]);
    expect(progress.at(-1)).toMatchObject({ epochs: 2, stepsPerEpoch: 3, secondsLeft: 0 });
    expect(progress.every(({ imagesPerSecond }) => imagesPerSecond > 0)).toBe(true);
  });

  it('gives each epoch an augmentation seed of its own, and none to validation', async () => {
    const seeds = new Set<unknown>();
    const spied = (source: ReturnType<typeof stripes>): ReturnType<typeof stripes> => ({
      ...source,
      load: (rows, options) => {
        seeds.add(options?.augmentationSeed);
        return source.load(rows, options);
      },
    });
    await train({ ...quick, model: tinyNetwork(), train: spied(stripes(24)) });
    expect(seeds.size).toBe(2);
    seeds.clear();
    await train({ ...quick, model: tinyNetwork(), validation: spied(stripes(9)) });
    expect([...seeds]).toEqual([undefined]);
  });

  it.each<[RegExp, Partial<TrainOptions>]>([
    [/train\(\{ epochs \}\): must be a whole number from 1 up\. Received: 0/, { epochs: 0 }],
    [/train\(\{ batchSize \}\)/, { batchSize: 1.5 }],
    [/train\(\{ seed \}\)/, { seed: -1 }],
    [/train\(\{ labelSmoothing \}\)/, { labelSmoothing: 1 }],
    [/train\(\{ averageDecay \}\)/, { averageDecay: 1 }],
    [/train\(\{ keepCheckpoints \}\)/, { keepCheckpoints: 0 }],
    [/train\(\{ checkpointEvery \}\)/, { checkpointEvery: 0 }],
    [/lossWeights \}\): .*exit0 \(after relu1\), final/, { lossWeights: [1] }],
    [/lossWeights/, { lossWeights: () => [0, 0] }],
    [/earlyStopping \}\): needs a validation split/, { earlyStopping: { patience: 1 } }],
    [/resume \}\): needs the runDirectory/, { resume: true }],
    [/thresholds/, { policy: { criterion: 'entropy', thresholds: [1, 2] } }],
    [/images must be 6×6×1.*Received: 5×5×1/, { train: { ...stripes(3), imageShape: [5, 5, 1] } }],
    [
      /labels must be from 0 to 2.*Received: 3/,
      { train: { ...stripes(3), labels: Int32Array.from([0, 3, 1]) } },
    ],
    [/at least one sample/, { train: { ...stripes(3), size: 0 } }],
  ])('refuses %s', async (message, options) => {
    const error = await train({ ...quick, model: tinyNetwork(), ...options }).catch(
      (thrown: unknown) => thrown,
    );
    expect(EarlyExitError.is(error) && error.kind).toBe('argument');
    expect(String(error)).toMatch(message);
  });

  it('needs a schedule for an optimizer without a learning rate of its own', async () => {
    const optimizer = { ...sgd(), defaultLearningRate: null };
    await expect(train({ ...quick, model: tinyNetwork(), optimizer })).rejects.toThrow(/schedule/);
    const schedule = describeSchedule(() => 0.1, { name: 'mine' });
    await expect(train({ ...quick, model: tinyNetwork(), optimizer, schedule })).resolves.toBeDefined();
  });
});
