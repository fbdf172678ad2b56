import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachExits } from './attaching/attach-exits';
import { computeLogits } from './compute-logits';
import type { SampleSource } from './sample-source';
import { randomizeWeights, twoInputs, vggLike } from './test-networks';
import { tf } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Images whose pixels tell the row. */
function source(size: number): SampleSource {
  return {
    size,
    labels: Int32Array.from({ length: size }, (_, row) => row % 5),
    imageShape: [8, 8, 3],
    load: async (rows) =>
      Float32Array.from({ length: rows.length * 192 }, (_, i) =>
        Math.sin(rows[Math.floor(i / 192)]! * 7 + (i % 192)),
      ),
  };
}

function network(): ReturnType<typeof attachExits> {
  const multi = attachExits(vggLike(), [
    { after: 'relu1', head: 'pooled' },
    { after: 'dense1', head: 'linear' },
  ]);
  randomizeWeights(multi.model, 1);
  return multi;
}

describe('computeLogits', () => {
  it('gives the logits of every exit for every sample, whatever the batch size', async () => {
    const multi = network();
    const images = source(11);
    const whole = await images.load(Int32Array.from({ length: 11 }, (_, row) => row));
    const expected = tf.tidy(() =>
      (multi.model.predict(tf.tensor4d(whole, [11, 8, 8, 3])) as tf.Tensor[]).map(
        (each) => each.dataSync() as Float32Array,
      ),
    );
    for (const batchSize of [1, 4, 11, 128]) {
      const cached = await computeLogits(multi, images, { batchSize });
      expect(cached).toEqual({ exits: expected, samples: 11, classes: 5, labels: images.labels });
    }
  });

  it('says how far it is and leaves no tensors', async () => {
    const multi = network();
    const seen: [number, number][] = [];
    const before = tf.memory().numTensors;
    await computeLogits(multi, source(10), {
      batchSize: 4,
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(seen).toEqual([
      [4, 10],
      [8, 10],
      [10, 10],
    ]);
  });

  it('stops between batches when told to', async () => {
    const controller = new AbortController();
    const before = tf.memory().numTensors;
    const multi = network();
    const weights = tf.memory().numTensors - before;
    const running = computeLogits(multi, source(10), {
      batchSize: 2,
      signal: controller.signal,
      onProgress: (done) => done === 4 && controller.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
    expect(tf.memory().numTensors - before).toBe(weights);
  });

  it('takes an empty source', async () => {
    const cached = await computeLogits(network(), source(0));
    expect(cached.exits.map((logits) => logits.length)).toEqual([0, 0, 0]);
  });

  it('refuses images of another shape, networks of several inputs and empty batches', async () => {
    const other: SampleSource = { ...source(2), imageShape: [8, 8, 1] };
    await expect(computeLogits(network(), other)).rejects.toThrow(
      "computeLogits(source): images have the shape of the network's input, [8, 8, 3]. Received: [8, 8, 1].",
    );
    await expect(computeLogits(attachExits(twoInputs(), []), source(2))).rejects.toThrow('[6, 4] and [3]');
    await expect(computeLogits(network(), source(2), { batchSize: 0 })).rejects.toThrow(
      'a whole number above 0',
    );
    const broken: SampleSource = { ...source(2), load: async () => new Float32Array(3) };
    await expect(computeLogits(network(), broken)).rejects.toThrow(
      'source.load(rows) gives rows x height x width x channels',
    );
  });
});
