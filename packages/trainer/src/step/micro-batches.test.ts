import { selectEngine } from '@earlyexit/backend';
import { attachExits } from '@earlyexit/branch-head';
import { beforeAll, describe, expect, it } from 'vitest';
import { threeExits } from '../testing/three-exits';
import { stripes, tinyNetwork, weightsOf } from '../testing/tiny-network';
import { tf, tfl } from '../tf';
import { annealedDistill } from '../regimes/annealed-distill';
import { train } from '../training/train';
import { computeInParts, fittingMicroBatch } from './micro-batches';

beforeAll(() => selectEngine('wasm'));

const common = { train: stripes(20), epochs: 1, batchSize: 10, seed: 4 };

describe('a batch in parts', () => {
  it('trains as the whole batch does, up to rounding, without batch normalisation', async () => {
    const networks = await Promise.all(
      [undefined, 10, 4].map(async (microBatch) => {
        const model = threeExits();
        const options = { ...common, model, regime: annealedDistill({ highestConfidence: 0.34 }) };
        const { epochs } = await train({ ...options, ...(microBatch === undefined ? {} : { microBatch }) });
        return { weights: weightsOf(model).flat(), losses: epochs.at(-1)!.trainLosses };
      }),
    );
    const [whole, same, ...parts] = networks;
    expect(same).toEqual(whole);
    for (const { weights, losses } of parts) {
      weights.forEach((value, index) => {
        expect(value).toBeCloseTo(whole!.weights[index]!, 4);
      });
      losses.forEach((loss, exit) => {
        expect(loss).toBeCloseTo(whole!.losses[exit]!, 4);
      });
    }
  });

  it('repeats bit by bit, with normalisation and dropout', async () => {
    const [first, second] = [tinyNetwork(), tinyNetwork()];
    for (const model of [first, second]) await train({ ...common, model, microBatch: 3 });
    expect(weightsOf(second)).toEqual(weightsOf(first));
  });

  it('is cut evenly, and leaves no tensor behind', async () => {
    const starts: [number, number][] = [];
    const before = tf.memory().numTensors;
    const { gradient, statistics } = await computeInParts(
      { images: new Float32Array(7), labels: new Int32Array(7) },
      3,
      ({ labels }, start) => {
        starts.push([start, labels.length]);
        const losses = Float32Array.of(start);
        const right = Float32Array.of(1);
        return Promise.resolve({
          gradient: tf.tensor1d([start]),
          statistics: { rows: labels.length, losses, right, confidence: null },
        });
      },
    );
    expect(starts).toEqual([
      [0, 2],
      [2, 2],
      [4, 3],
    ]);
    expect(gradient.dataSync()[0]).toBeCloseTo((2 * 2 + 4 * 3) / 7, 6);
    expect(statistics).toMatchObject({ rows: 7, confidence: null });
    expect([statistics.losses[0], statistics.right[0]]).toEqual([expect.closeTo(16 / 7, 6) as number, 3]);
    gradient.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is refused beside workers, which divide batches themselves', async () => {
    const options = { ...common, model: tinyNetwork(), microBatch: 2, workers: 2 };
    await expect(train(options)).rejects.toThrow(/train\(\{ microBatch \}\): is for one worker/);
  });
});

it('divides the batches of networks for photographs alone', () => {
  const network = (side: number): ReturnType<typeof attachExits> =>
    attachExits(
      tfl.sequential({
        layers: [
          ...[0, 1].map((index) =>
            tfl.layers.conv2d({
              ...{ filters: 64, kernelSize: 3, padding: 'same' },
              ...(index === 0 ? { inputShape: [side, side, 3] } : {}),
            }),
          ),
          tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
          tfl.layers.dense({ units: 2 }),
        ],
      }),
      [],
    );
  expect(fittingMicroBatch(network(32), 128)).toBe(128);
  // Two maps of 64 channels and the image, 25.6 MiB a sample.
  expect(fittingMicroBatch(network(224), 128)).toBe(11);
  expect(fittingMicroBatch(network(224), 8)).toBe(8);
});
