import { ArgumentError } from '@earlyexit/core';
import { DEFAULT_BATCH_SIZE, checkBatchSize } from './run-images';
import type { Answers, RunOptions, Session } from './session';

/** The answers to one batch of a stream. */
export interface StreamedAnswers {
  /** The index of the batch's first image in the stream. */
  readonly offset: number;
  readonly answers: Answers;
}

/**
 * Classifies a stream of images in batches, in order: no more than one batch of images is in memory, and the next
 * one is asked for when its answers were taken.
 *
 * @param images One image each, `[height, width, channels]`: preprocessed numbers or raw bytes, all alike.
 * @throws what `session.run` throws, and what the stream does
 */
export async function* streamAnswers(
  session: Session,
  images: AsyncIterable<Float32Array | Uint8Array> | Iterable<Float32Array | Uint8Array>,
  options: RunOptions = {},
): AsyncGenerator<StreamedAnswers> {
  const batchSize = checkBatchSize(options.batchSize ?? DEFAULT_BATCH_SIZE);
  let batch: (Float32Array | Uint8Array)[] = [];
  let offset = 0;
  const answer = async (): Promise<StreamedAnswers> => {
    const count = batch.length;
    const answers = await session.run({ data: join(batch), count }, options);
    batch = [];
    offset += count;
    return { offset: offset - count, answers };
  };
  for await (const image of images) {
    options.signal?.throwIfAborted();
    batch.push(image);
    if (batch.length === batchSize) yield await answer();
  }
  if (batch.length > 0) yield await answer();
}

function join(images: readonly (Float32Array | Uint8Array)[]): Float32Array | Uint8Array {
  const [first] = images;
  const size = images.reduce((sum, { length }) => sum + length, 0);
  const data = first instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size);
  let offset = 0;
  for (const image of images) {
    if (image.constructor !== first!.constructor) {
      throw new ArgumentError({
        where: 'streamAnswers, images',
        rule: 'all images of a stream are of one kind, Float32Array or Uint8Array',
        received: 'both',
      });
    }
    data.set(image, offset);
    offset += image.length;
  }
  return data;
}
