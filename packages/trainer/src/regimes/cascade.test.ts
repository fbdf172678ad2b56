import { attachExits, computeLogits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import { selectEngine } from '@earlyexit/backend';
import { simulate, summarizeExits } from '@earlyexit/exit-criteria';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { constantSchedule } from '../schedules/constant-schedule';
import { adam } from '../optimizers/adam';
import { sgd } from '../optimizers/sgd';
import { createPassOn, type PassOn } from '../step/passed-on';
import { stripes } from '../testing/tiny-network';
import { tf, tfl } from '../tf';
import { train } from '../training/train';
import type { TrainOptions } from '../training/train-options';
import type { TrainingEvent } from '../training/training-event';
import { cascade } from './cascade';
import { twoStage } from './two-stage';

beforeAll(async () => {
  await selectEngine('wasm');
});

/** Two early exits with linear heads on three dense layers. */
function network(): MultiExitModel {
  const dense = (name: string, units: number, seed: number): tfl.layers.Layer =>
    tfl.layers.dense({
      name,
      units,
      ...(name === 'answer' ? {} : { activation: 'relu' as const }),
      kernelInitializer: tfl.initializers.heNormal({ seed }),
    });
  const input = tfl.input({ shape: [6, 6, 1], name: 'image' });
  const flat = tfl.layers.flatten({ name: 'flat' }).apply(input);
  const first = dense('first', 3, 1).apply(flat);
  const second = dense('second', 12, 2).apply(first);
  const answer = dense('answer', 3, 3).apply(second) as tfl.SymbolicTensor;
  return attachExits(
    tfl.model({ inputs: input, outputs: answer, name: 'cascaded' }),
    [
      { after: 'first', head: 'linear' },
      { after: 'second', head: 'linear' },
    ],
    { seed: 5 },
  );
}

const policy = { criterion: 'unique-above', thresholds: [0.5, 0.5] } as const;

async function run(
  options: Partial<TrainOptions> = {},
): Promise<{ model: MultiExitModel; events: TrainingEvent[] }> {
  const model = network();
  const events: TrainingEvent[] = [];
  await train({
    model,
    train: stripes(60),
    epochs: 12,
    batchSize: 12,
    optimizer: adam(),
    regime: cascade(),
    ...options,
    onEvent: (event) => events.push(event),
  });
  return { model, events };
}

function layerWeights({ model }: MultiExitModel): Map<string, string> {
  return new Map(
    model.layers.map((layer) => [
      layer.name,
      layer.weights.map((weight) => weight.read().dataSync().join()).join(),
    ]),
  );
}

describe('cascade', () => {
  it('trains the backbone, then one head after the other, and touches nothing else', async () => {
    const model = network();
    const snapshots: Map<string, string>[] = [layerWeights(model)];
    const phases: string[] = [];
    await train({
      ...{ model, train: stripes(60), epochs: 5, batchSize: 12, regime: cascade({ backboneShare: 0.2 }) },
      onEvent: (event) => {
        if (event.type !== 'epoch') return;
        snapshots.push(layerWeights(model));
        phases.push(event.phase);
      },
    });
    expect(phases).toEqual(['backbone', 'head 0', 'head 0', 'head 1', 'head 1']);
    const changed = phases.map((_, epoch) =>
      [...snapshots[epoch + 1]!]
        .filter(([name, weights]) => snapshots[epoch]!.get(name) !== weights)
        .map(([name]) => name),
    );
    const heads = model.metadata.exits.slice(0, 2).map(({ name }) => name);
    expect(changed[0]!.sort()).toEqual(['answer', 'first', 'second']);
    for (const [epoch, head] of [heads[0]!, heads[0]!, heads[1]!, heads[1]!].entries()) {
      expect(changed[epoch + 1]).toHaveLength(1);
      expect(changed[epoch + 1]![0]).toContain(head);
    }
  });

  it('shows a head exactly the samples that no head before it answers', async () => {
    const { model, events } = await run();
    const source = stripes(60);
    const cached = await computeLogits(model, source);
    const { exitIndex } = simulate(cached, policy);
    const reached = exitIndex.filter((exit) => exit >= 1).length;
    expect(reached).toBeGreaterThan(0);
    expect(reached).toBeLessThan(60);
    // The first head is finished when the second begins, and the backbone before: what reaches it does not change.
    const counted = events.flatMap((event) =>
      event.type === 'progress' && event.epoch === 12 ? [event.latest.counted] : [],
    );
    const unaugmented: SampleSource = { ...source, load: (rows) => source.load(rows) };
    const exact = await run({ train: unaugmented });
    const exactCounted = exact.events.flatMap((event) =>
      event.type === 'progress' && event.epoch === 12 ? [event.latest.counted] : [],
    );
    const after = simulate(await computeLogits(exact.model, unaugmented), policy).exitIndex;
    expect(exactCounted.reduce((sum, each) => sum + each)).toBe(after.filter((exit) => exit >= 1).length);
    expect(counted).toHaveLength(5);

    const passOnOf = (settings: { readonly microBatch?: number }): PassOn =>
      createPassOn(
        readLayerGraph(exact.model.model),
        { criterion: 'unique-above', thresholds: [0.5] },
        { imageShape: [6, 6, 1], classes: 3, ...settings },
      );
    const passOn = passOnOf({});
    const rows = Int32Array.from({ length: 60 }, (_, row) => row);
    const images = await source.load(rows);
    const before = tf.memory().numTensors;
    const kept = await passOn({ images, labels: source.labels });
    expect(tf.memory().numTensors).toBe(before);
    const expected = [...rows].filter((row) => after[row]! >= 1);
    expect([...kept.labels]).toEqual(expected.map((row) => source.labels[row]));
    expect([...kept.images]).toEqual(
      expected.flatMap((row) => [...images.subarray(row * 36, row * 36 + 36)]),
    );
    expect(await passOnOf({ microBatch: 7 })({ images, labels: source.labels })).toEqual(kept);
  });

  it('answers the easy samples at the first head, rightly, and loses none of the others', async () => {
    const source = stripes(120, 4);
    const { model } = await run({
      train: source,
      epochs: 24,
      batchSize: 24,
      optimizer: adam(),
      schedule: constantSchedule(0.02),
    });
    const summary = summarizeExits(
      await computeLogits(model, source),
      policy,
      { exitMacs: [1, 2, 3], staticMacs: 3 },
      ['exit0', 'exit1', 'final'],
    );
    expect(summary.exits[0]!.share).toBeGreaterThan(0.3);
    expect(summary.exits[0]!.top1).toBeGreaterThan(0.9);
    expect(summary.top1).toBeGreaterThan(0.9);
  });

  it('leaves the weights alone when nothing is passed on', async () => {
    const everyone = cascade({
      backboneShare: 0.5,
      criterion: 'max-probability',
      thresholds: ['always', 'never'],
    });
    const before = layerWeights(network());
    const { model, events } = await run({ regime: everyone, epochs: 4 });
    const names = [...layerWeights(model)]
      .filter(([name, weights]) => before.get(name) !== weights)
      .map(([name]) => name);
    expect(names.some((name) => name.includes(model.metadata.exits[1]!.name))).toBe(false);
    const last = events.flatMap((event) => (event.type === 'epoch' ? [event] : [])).at(-1)!;
    expect(last.trainLosses).toEqual([null, null, null]);
    expect(last.imagesPerSecond).toBeGreaterThan(0);
  });

  it('ends with the same bits when it is repeated', async () => {
    const [first, second] = [await run({ optimizer: sgd() }), await run({ optimizer: sgd() })];
    expect(layerWeights(first.model)).toEqual(layerWeights(second.model));
  });

  it('shares out the epochs, and refuses what cannot be', () => {
    const phases = (epochs: number, options = {}, earlyExits = 2): [string, number][] =>
      cascade(options)
        .phases({ epochs, earlyExits, lossWeights: () => [] })
        .map((phase) => [phase.name, phase.epochs]);
    expect(phases(10)).toEqual([
      ['backbone', 5],
      ['head 0', 3],
      ['head 1', 2],
    ]);
    expect(phases(3)).toEqual([
      ['backbone', 1],
      ['head 0', 1],
      ['head 1', 1],
    ]);
    expect(phases(2, { backboneShare: 0 })).toEqual([
      ['head 0', 1],
      ['head 1', 1],
    ]);
    expect(() => phases(2)).toThrow(/at least 3 epochs/);
    expect(() => phases(4, {}, 0)).toThrow(/early exit/);
    expect(() => phases(4, { thresholds: [0.5] })).toThrow(/threshold/);
    expect(() => cascade({ backboneShare: 1 })).toThrow(/backboneShare/);
    expect(() => cascade({ criterion: 'entropy' })).toThrow(/cascade\(\{ thresholds/);
  });
});

describe('the best epoch of a regime with phases', () => {
  it('is one in which everything has been trained, and patience does not end an earlier phase', async () => {
    const options = {
      train: stripes(30),
      validation: stripes(9, 2),
      batchSize: 10,
      earlyStopping: { patience: 2 },
    };
    // With a learning rate of next to nothing no epoch is better than the one before.
    const result = await train({
      model: network(),
      ...options,
      epochs: 9,
      regime: twoStage(),
      optimizer: sgd(),
      schedule: () => 1e-12,
    });
    expect(result.epochs.map(({ phase }) => phase)).toEqual([
      ...new Array<string>(5).fill('backbone'),
      'heads',
      'heads',
      'heads',
    ]);
    expect(result.bestEpoch).toBe(6);
  });
});
