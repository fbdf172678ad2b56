import { ArgumentError, DataError } from '@earlyexit/core';
import {
  listCriteria,
  simulate,
  type CachedLogits,
  type ExitPolicy,
  type Threshold,
} from '@earlyexit/exit-criteria';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRoutedSession } from './routed-session';
import type { RunOptions, SessionMetadata } from './session';
import type { StageRunner } from './stage-runner';

const labelFree = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);

/** Features of the runner below: which samples are in the batch, and whether somebody still owns them. */
interface Rows {
  readonly samples: readonly number[];
  owned: boolean;
}

/** A network whose image is a sample's index and whose logits are read from a table. */
function tableRunner(cached: CachedLogits) {
  const alive = new Set<Rows>();
  const computed: number[][] = cached.exits.map(() => []);
  let disposals = 0;
  const take = (rows: Rows) => {
    if (!rows.owned) throw new Error('features used after they were freed');
    rows.owned = false;
    alive.delete(rows);
    return rows.samples;
  };
  const make = (samples: readonly number[]) => {
    const rows = { samples, owned: true };
    alive.add(rows);
    return rows;
  };
  const runner: StageRunner<Rows> = {
    stageCount: cached.exits.length,
    inputShape: [1, 1, 1],
    classes: cached.classes,
    load: (images) => make([...images]),
    run: (stage, features) => {
      const samples = take(features);
      computed[stage]!.push(samples.length);
      const table = cached.exits[stage]!;
      const rows = samples.map((sample) =>
        table.subarray(sample * cached.classes, (sample + 1) * cached.classes),
      );
      return Promise.resolve({
        logits: Float32Array.from(rows.flatMap((row) => [...row])),
        features: make(samples),
      });
    },
    select: (features, rows) => {
      const samples = take(features);
      return make(Array.from(rows, (row) => samples[row]!));
    },
    release: (features) => void take(features),
    dispose: () => {
      disposals++;
    },
  };
  return { runner, alive, computed, disposals: () => disposals };
}

function metadataFor(cached: CachedLogits, policy: SessionMetadata['policy'] = null): SessionMetadata {
  const last = cached.exits.length - 1;
  return {
    name: 'table',
    classes: Array.from({ length: cached.classes }, (_, index) => `class ${index}`),
    preprocessing: null,
    exits: cached.exits.map((_, index) => ({
      name: index === last ? 'final' : `exit${index}`,
      macs: 100 * (index + 1),
    })),
    policy,
  };
}

function images(samples: number) {
  return { data: Float32Array.from({ length: samples }, (_, index) => index), count: samples };
}

function cachedLogits(exits: readonly (readonly number[])[], classes: number): CachedLogits {
  return {
    exits: exits.map((values) => Float32Array.from(values)),
    samples: exits[0]!.length / classes,
    classes,
    labels: null,
  };
}

/** Two classes, three exits, four samples: sure at exit 0, at exit 1, nowhere, at exit 0. */
const small = cachedLogits(
  [
    [9, 0, 1, 0, 0, 0, 0, 9],
    [0, 1, 0, 9, 0.5, 0, 1, 0],
    [0, 1, 1, 0, 0, 0.25, 1, 0],
  ],
  2,
);

const randomCase = fc
  .record({
    earlyExits: fc.integer({ min: 0, max: 4 }),
    classes: fc.integer({ min: 2, max: 4 }),
    samples: fc.integer({ min: 0, max: 20 }),
    batchSize: fc.constantFrom(1, 7, 64),
    criterion: fc.constantFrom(...labelFree),
  })
  .chain((shape) => {
    const values = shape.samples * shape.classes;
    // Few distinct logits, so that ties and repeated classes happen often.
    const logit = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.float({ min: -4, max: 4, noNaN: true }));
    const threshold: fc.Arbitrary<Threshold> = fc.oneof(
      fc.constantFrom<Threshold>('never', 'always', 1, 2, 0),
      fc.double({ min: -2, max: 3, noNaN: true }),
    );
    const exits = shape.earlyExits;
    return fc.record({
      shape: fc.constant(shape),
      exits: fc.array(fc.array(logit, { minLength: values, maxLength: values }), {
        minLength: exits + 1,
        maxLength: exits + 1,
      }),
      thresholds: fc.array(threshold, { minLength: exits, maxLength: exits }),
      temperatures: fc.array(fc.double({ min: 0.25, max: 4, noNaN: true }), {
        minLength: exits + 1,
        maxLength: exits + 1,
      }),
    });
  });

describe('a routed session', () => {
  it('answers as the simulator does, whatever the criterion, the thresholds and the batches', async () => {
    await fc.assert(
      fc.asyncProperty(randomCase, async ({ shape, exits, thresholds, temperatures }) => {
        const cached: CachedLogits = { ...cachedLogits(exits, shape.classes), samples: shape.samples };
        const policy: ExitPolicy = { criterion: shape.criterion, thresholds, temperatures };
        const { runner, alive, computed } = tableRunner(cached);
        const metadata = metadataFor(cached);
        const session = createRoutedSession(runner, metadata);
        const answers = await session.run(images(shape.samples), { ...policy, batchSize: shape.batchSize });
        const simulation = simulate(cached, policy);
        expect(answers.exits).toEqual(simulation.exitIndex);
        expect(answers.classes).toEqual(simulation.classes);
        expect(answers.scores).toEqual(simulation.scores);
        simulation.exitIndex.forEach((exit, sample) => {
          const range = [sample * shape.classes, (sample + 1) * shape.classes] as const;
          expect(answers.logits.subarray(...range)).toEqual(cached.exits[exit]!.subarray(...range));
          expect(answers.macs[sample]).toBe(metadata.exits[exit]!.macs);
        });
        // A stage computes exactly the samples that no earlier exit answered.
        computed.forEach((batches, stage) => {
          const expected = simulation.exitIndex.filter((exit) => exit >= stage).length;
          expect(batches.reduce((sum, rows) => sum + rows, 0)).toBe(expected);
          expect(batches.every((rows) => rows > 0)).toBe(true);
        });
        expect(alive.size).toBe(0);
      }),
      { seed: 3, numRuns: 400 },
    );
  });

  it('gives the probability of the answer at its exit, with its temperature', async () => {
    const session = createRoutedSession(tableRunner(small).runner, metadataFor(small));
    const answers = await session.run(images(4), {
      thresholds: ['always', 'never'],
      temperatures: [2, 1, 1],
    });
    expect(answers.probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-9 / 2)), 12);
    expect(answers.probabilities[2]).toBe(0.5);
  });

  it('does not compute what nobody needs', async () => {
    const { runner, computed } = tableRunner(small);
    const session = createRoutedSession(runner, metadataFor(small));
    await session.run(images(4), { thresholds: ['always', 'never'] });
    expect(computed).toEqual([[4], [], []]);
    const answers = await session.run(images(4), { thresholds: [0.99, 0.99] });
    expect(computed).toEqual([[4, 4], [2], [1]]);
    expect([...answers.exits]).toEqual([0, 1, 2, 0]);
    expect([...answers.classes]).toEqual([0, 1, 1, 1]);
    expect([...answers.macs]).toEqual([100, 200, 300, 100]);
  });

  it('never costs more than its cap, whatever the criterion and the thresholds', async () => {
    await fc.assert(
      fc.asyncProperty(randomCase, fc.integer({ min: 100, max: 600 }), async (one, maxMacs) => {
        const { shape, exits, thresholds, temperatures } = one;
        const cached: CachedLogits = { ...cachedLogits(exits, shape.classes), samples: shape.samples };
        const policy: ExitPolicy = { criterion: shape.criterion, thresholds, temperatures };
        const session = createRoutedSession(tableRunner(cached).runner, metadataFor(cached));
        const answers = await session.run(images(shape.samples), { ...policy, maxMacs });
        const last = Math.min(Math.floor(maxMacs / 100), exits.length) - 1;
        expect(answers.exits).toEqual(simulate(cached, policy).exitIndex.map((exit) => Math.min(exit, last)));
        expect(answers.macs.every((macs) => macs <= maxMacs)).toBe(true);
      }),
      { seed: 4, numRuns: 100 },
    );
    const session = createRoutedSession(tableRunner(small).runner, metadataFor(small));
    const within = { thresholds: ['never', 'never'], maxMacs: 99 } as const;
    await expect(session.run(images(4), within)).rejects.toThrow(/maxMacs.*takes 100/);
  });

  it('takes what the options leave out from the stored policy', async () => {
    const policy = { criterion: 'margin', thresholds: [0.9, null], temperatures: [1, 1, 1] } as const;
    const session = createRoutedSession(tableRunner(small).runner, metadataFor(small, policy));
    expect([...(await session.run(images(4))).exits]).toEqual([0, 2, 2, 0]);
    expect([...(await session.run(images(4), { thresholds: ['never', 0.9] })).exits]).toEqual([2, 1, 2, 2]);
    // At a temperature of 100 nobody is sure.
    expect([...(await session.run(images(4), { temperatures: [100, 1, 1] })).exits]).toEqual([2, 2, 2, 2]);
    await expect(session.run(images(4), { criterion: 'entropy' })).rejects.toThrow(
      'the thresholds stored in table are for margin; for entropy they are needed here',
    );
  });

  it('says what is needed where there is no policy', async () => {
    const session = createRoutedSession(tableRunner(small).runner, metadataFor(small));
    await expect(session.run(images(4))).rejects.toThrow(
      /table carries no exit policy, so thresholds are needed, one for each of exit0, exit1\..*Calibrate the network/,
    );
    const plain = cachedLogits([[0, 1, 2, 0]], 2);
    const answers = await createRoutedSession(tableRunner(plain).runner, metadataFor(plain)).run(images(2));
    expect([...answers.classes]).toEqual([1, 0]);
  });

  it('refuses the oracle, given or stored: it knows no labels', async () => {
    const oracle = 'cross-entropy-oracle' as const;
    const policy = { criterion: oracle, thresholds: [0.4, 0.4] };
    const session = createRoutedSession(tableRunner(small).runner, metadataFor(small, policy));
    await expect(session.run(images(4))).rejects.toThrow('true classes');
    await expect(session.run(images(4), { criterion: oracle, thresholds: [1, 1] })).rejects.toThrow(
      ArgumentError,
    );
    const answers = await session.run(images(4), { criterion: 'entropy', thresholds: ['never', 'never'] });
    expect([...answers.exits]).toEqual([2, 2, 2, 2]);
  });

  it.each<[RunOptions, string]>([
    [{ thresholds: [0.5] }, '2 early exits'],
    [{ thresholds: [0.5, NaN] }, 'thresholds[1]'],
    [{ thresholds: [0.5, 0.5], temperatures: [1, 1] }, 'temperature'],
    [{ thresholds: [0.5, 0.5], temperatures: [1, 0, 1] }, 'temperatures[1]'],
    [{ thresholds: [0.5, 0.5], batchSize: 0 }, 'batchSize'],
    [{ thresholds: [0.5, 0.5], batchSize: 1.5 }, 'batchSize'],
    [{ thresholds: [0.5, 0.5], criterion: 'entropi' }, 'Perhaps entropy'],
  ])('refuses %j', async (options, message) => {
    const { runner, computed } = tableRunner(small);
    const run = createRoutedSession(runner, metadataFor(small)).run(images(4), options);
    await expect(run).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toThrow(message);
    expect(computed).toEqual([[], [], []]);
  });

  it('refuses data of another size or kind, and bytes that it cannot preprocess', async () => {
    const session = createRoutedSession(tableRunner(small).runner, metadataFor(small));
    const options = { thresholds: ['never', 'never'] } as const;
    const numbers = [1, 2] as unknown as Float32Array;
    await expect(session.run({ data: numbers, count: 2 }, options)).rejects.toThrow('Float32Array');
    await expect(session.run({ data: new Float32Array(3), count: 2 }, options)).rejects.toThrow('3 values');
    await expect(session.run({ data: new Float32Array(0), count: -1 }, options)).rejects.toThrow(
      ArgumentError,
    );
    await expect(session.run({ data: new Uint8Array(2), count: 2 }, options)).rejects.toThrow('raw bytes');
  });

  it('preprocesses bytes as the metadata says', async () => {
    const { runner } = tableRunner(small);
    const preprocessing = { inputShape: [1, 1, 1], mean: [0], standardDeviation: [1 / 255] } as const;
    const session = createRoutedSession(
      { ...runner, load: (data, rows) => runner.load(data.map(Math.round), rows) },
      { ...metadataFor(small), preprocessing },
    );
    const answers = await session.run(
      { data: Uint8Array.from([3, 0, 1]), count: 3 },
      { thresholds: [0.99, 0.99], batchSize: 2 },
    );
    expect([...answers.exits]).toEqual([0, 0, 1]);
  });

  it('names the image that holds a value which is no number', async () => {
    const { runner, alive } = tableRunner(small);
    const session = createRoutedSession(runner, metadataFor(small));
    for (const value of [NaN, Infinity, -Infinity]) {
      const data = Float32Array.from([0, 1, 2, value]);
      const run = session.run({ data, count: 4 }, { thresholds: [0.9, 0.9], batchSize: 3 });
      await expect(run).rejects.toThrow(DataError);
      await expect(run).rejects.toThrow('image 3');
    }
    const largest = 3.4e38;
    const huge = createRoutedSession(
      { ...runner, inputShape: [1, 1, 2], load: () => runner.load(new Float32Array(1), 1) },
      metadataFor(small),
    );
    const answers = await huge.run(
      { data: Float32Array.from([largest, largest]), count: 1 },
      { thresholds: ['always', 'never'] },
    );
    expect(answers.exits[0]).toBe(0);
    expect(alive.size).toBe(0);
  });

  it('stops between stages when aborted, with the signal’s reason and nothing left behind', async () => {
    const { runner, alive, computed } = tableRunner(small);
    const controller = new AbortController();
    const session = createRoutedSession(
      {
        ...runner,
        run: (stage, features) => {
          controller.abort(new Error('enough'));
          return runner.run(stage, features);
        },
      },
      metadataFor(small),
    );
    const options = { thresholds: ['never', 'never'], signal: controller.signal } as const;
    await expect(session.run(images(4), options)).rejects.toThrow('enough');
    expect(computed).toEqual([[4], [], []]);
    expect(alive.size).toBe(0);
    await expect(session.run(images(4), options)).rejects.toThrow('enough');
  });

  it('lets a timer abort a run whose stages never wait', async () => {
    const samples = 200_000;
    const endless = cachedLogits([Array.from({ length: samples * 2 }, () => 0)], 2);
    const { runner, computed } = tableRunner(endless);
    const signal = AbortSignal.timeout(20);
    const run = createRoutedSession(runner, metadataFor(endless)).run(images(samples), {
      batchSize: 1,
      signal,
    });
    await expect(run).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
    expect(computed[0]!.length).toBeLessThan(samples);
  });

  it('frees the features when a stage fails', async () => {
    const { runner, alive } = tableRunner(small);
    const session = createRoutedSession(
      {
        ...runner,
        run: async (stage, features) => {
          const result = await runner.run(stage, features);
          if (stage === 0) return result;
          runner.release(result.features);
          throw new Error('out of memory');
        },
      },
      metadataFor(small),
    );
    await expect(session.run(images(4), { thresholds: ['never', 'never'] })).rejects.toThrow('out of memory');
    expect(alive.size).toBe(0);
  });

  it('disposes its runner once, after the run that is under way', async () => {
    const { runner, disposals } = tableRunner(small);
    const session = createRoutedSession(runner, metadataFor(small));
    const run = session.run(images(4), { thresholds: ['never', 'never'] });
    session.dispose();
    session.dispose();
    expect(disposals()).toBe(0);
    expect((await run).count).toBe(4);
    expect(disposals()).toBe(1);
    await expect(session.run(images(4), { thresholds: ['never', 'never'] })).rejects.toThrow('disposed');
  });

  it('refuses metadata for another number of exits', () => {
    const metadata = { ...metadataFor(small), exits: [{ name: 'final', macs: 1 }] };
    expect(() => createRoutedSession(tableRunner(small).runner, metadata)).toThrow('3 stages, 1 exits');
  });
});
