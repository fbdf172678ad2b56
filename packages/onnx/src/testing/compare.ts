import type { MultiExitModel } from '@earlyexit/branch-head';
import type { CachedLogits, CriterionName, Threshold } from '@earlyexit/exit-criteria';
import { encodeThresholds, evaluateExits } from '@earlyexit/exit-criteria';
import { channelsFirst as toChannelsFirst } from '@earlyexit/core';
import { noiseImages } from '@earlyexit/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';

/** Images of seeded noise, `[count, …inputShape]`, of varying contrast. */
export function noise(model: MultiExitModel, count: number, seed = 5): Float32Array {
  return noiseImages(count, model.model.inputs[0]!.shape.slice(1), { seed });
}

/** The logits of every exit, by TensorFlow.js. */
export function referenceLogits(model: MultiExitModel, images: Float32Array, count: number): CachedLogits {
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const exits = tf.tidy(() => {
    const result = model.model.predict(tf.tensor(images, [count, ...shape]));
    return (Array.isArray(result) ? result : [result]).map((tensor) => tensor.dataSync() as Float32Array);
  });
  return { exits, samples: count, classes: model.metadata.classes.length, labels: null };
}

/** Images with the channels first, as a graph takes them. */
export function channelsFirst(model: MultiExitModel, images: Float32Array, count: number): ort.Tensor {
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const [height, width, channels] = shape;
  const dims = shape.length === 3 ? [channels!, height!, width!] : shape;
  return new ort.Tensor('float32', toChannelsFirst(images, shape), [count, ...dims]);
}

/** A session on one thread. */
export function openSession(bytes: Uint8Array): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}

/** Thresholds as a graph takes them. */
export function asInput(criterion: CriterionName, thresholds: readonly Threshold[]): ort.Tensor {
  const values = encodeThresholds(criterion, thresholds);
  return new ort.Tensor('float32', Float32Array.from(values), [values.length]);
}

/** Random thresholds midway between two neighbouring scores, so that rounding decides nothing; now and then a word. */
export function randomThresholds(
  cached: CachedLogits,
  criterion: CriterionName,
  temperatures: readonly number[],
  random: () => number,
): Threshold[] {
  return evaluateExits(cached, criterion, temperatures)
    .slice(0, -1)
    .map(({ scores, runnerUps }) => {
      const kind = random();
      if (kind < 0.08) return 'never';
      if (kind < 0.12) return 'always';
      const sorted = [...scores, ...(runnerUps ?? [])]
        .filter((score) => !Number.isNaN(score))
        .sort((a, b) => a - b);
      // Neighbours so close that float32 could confuse them make no safe threshold.
      const gaps = sorted
        .slice(1)
        .flatMap((score, i) => (score - sorted[i]! > 1e-4 ? [(score + sorted[i]!) / 2] : []));
      return gaps[Math.floor(random() * gaps.length)] ?? 'never';
    });
}
