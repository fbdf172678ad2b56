import { selectEngine } from '@earlyexit/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam } from './optimizers/adam';
import { stripes, tinyNetwork, weightsOf } from './testing/tiny-network';
import { tf } from './tf';
import { train } from './train';

describe.each(['cpu', 'wasm'] as const)('train on %s', (engine) => {
  beforeAll(async () => {
    await selectEngine(engine);
  });

  it('learns, and reports on every exit', async () => {
    const { epochs, bestEpoch, interrupted } = await train({
      model: tinyNetwork(),
      train: stripes(96),
      validation: stripes(30, 2),
      epochs: 3,
      batchSize: 16,
      optimizer: adam(),
      policy: { criterion: 'max-probability', thresholds: [0.6] },
    });
    expect(interrupted).toBe(false);
    expect(epochs).toHaveLength(3);
    const last = epochs[2]!;
    expect(last.trainLoss).toBeLessThan(epochs[0]!.trainLoss);
    expect(last.step).toBe(18);
    expect(last.validation!.accuracy.every((accuracy) => accuracy > 0.8)).toBe(true);
    expect(last.validation!.summary!.exits.map((exit) => exit.name)).toEqual(['exit0', 'final']);
    expect(bestEpoch).toBeGreaterThan(0);
  });

  it('gives bit-equal weights when repeated', async () => {
    const runs = [];
    for (let run = 0; run < 2; run += 1) {
      const model = tinyNetwork();
      await train({ model, train: stripes(40), epochs: 2, batchSize: 16, seed: 7 });
      runs.push(weightsOf(model));
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  it('leaks no tensor', async () => {
    const model = tinyNetwork();
    const run = (epochs: number): Promise<unknown> =>
      train({ model, train: stripes(40), validation: stripes(10), epochs, batchSize: 8, averageDecay: 0.9, optimizer: adam() });
    await run(1);
    const before = tf.memory().numTensors;
    await run(3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
