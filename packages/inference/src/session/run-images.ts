import { ArgumentError, DataError, describeValue } from '@earlyexit/core';
import { preprocess } from '../preprocess';
import type { Answers, ImageBatch, SessionMetadata } from './session';

/** Larger batches gain little and take more memory. */
export const DEFAULT_BATCH_SIZE = 64;

/** Empty answers to `count` images. */
export function emptyAnswers(count: number, classes: number): Answers {
  return {
    count,
    classes: new Int32Array(count),
    exits: new Int32Array(count),
    scores: new Float64Array(count),
    probabilities: new Float64Array(count),
    logits: new Float32Array(count * classes),
    macs: new Float64Array(count),
  };
}

/** The network's inputs: preprocessed images as they are, bytes after preprocessing. */
export function toInputs(data: Float32Array | Uint8Array, metadata: SessionMetadata): Float32Array {
  if (data instanceof Float32Array) return data;
  // Checked before the run began.
  return preprocess(data, metadata.preprocessing!);
}

/** @throws ArgumentError unless it is a positive integer */
export function checkBatchSize(batchSize: number): number {
  if (Number.isInteger(batchSize) && batchSize > 0) return batchSize;
  throw new ArgumentError({
    where: 'session.run, batchSize',
    rule: 'it is a positive integer',
    received: String(batchSize),
  });
}

/** @throws ArgumentError if the images do not have the network's shape, or are bytes that it cannot preprocess */
export function checkImages(
  images: ImageBatch,
  inputShape: readonly number[],
  metadata: SessionMetadata,
): void {
  if (typeof images !== 'object' || (images as ImageBatch | null) === null) {
    throw new ArgumentError({
      function: 'session.run',
      argument: 'images',
      rule: 'images are { data, count }',
      received: describeValue(images),
    });
  }
  const { data, count } = images;
  const imageSize = inputShape.reduce((product, size) => product * size, 1);
  if (!(data instanceof Float32Array) && !(data instanceof Uint8Array)) {
    throw new ArgumentError({
      where: 'session.run, images.data',
      rule: 'it is a Float32Array of preprocessed images or a Uint8Array of raw bytes',
      received: Object.prototype.toString.call(data),
    });
  }
  if (!Number.isInteger(count) || count < 0 || data.length !== count * imageSize) {
    throw new ArgumentError({
      where: 'session.run, images',
      rule: `there are count × ${inputShape.join(' × ')} values (image, height, width, channel)`,
      received: `${data.length} values for a count of ${count}`,
    });
  }
  if (data instanceof Uint8Array && metadata.preprocessing === null) {
    throw new ArgumentError({
      where: 'session.run, images.data',
      rule: `${metadata.name} does not say how bytes are preprocessed, so it takes preprocessed images`,
      received: 'raw bytes',
      remedy: 'Pass a Float32Array, or give the network its preprocessing when you create or train it',
    });
  }
}

/** @throws DataError if an image holds NaN or an infinite value */
export function checkFinite(images: Float32Array, rows: number, offset: number): void {
  const imageSize = images.length / rows;
  for (let row = 0; row < rows; row++) {
    // Float32 values cannot overflow a float64 sum, so the sum is finite if and only if all of them are.
    let sum = 0;
    for (let index = row * imageSize; index < (row + 1) * imageSize; index++) sum += images[index]!;
    if (Number.isFinite(sum)) continue;
    throw new DataError({
      where: `session.run, image ${offset + row}`,
      rule: 'the values of an image are finite numbers',
      received: 'NaN or an infinite value',
      remedy: 'No exit can be sure of such an image; leave it out or repair it',
    });
  }
}

/** @throws DataError if an answer is based on logits that are NaN or infinite, which have no meaningful argmax */
export function checkAnswers(
  { logits, count }: Answers,
  { offset, rows }: { readonly offset: number; readonly rows: number },
  name: string,
): void {
  const classes = logits.length / count;
  for (let index = offset * classes; index < (offset + rows) * classes; index++) {
    if (Number.isFinite(logits[index])) continue;
    throw new DataError({
      where: `session.run, image ${Math.floor(index / classes)}`,
      rule: `the logits of ${name} are finite numbers`,
      received: String(logits[index]),
      remedy:
        'Its weights hold such values, or it overflows: train it again with a smaller learning rate, or export it again',
    });
  }
}
