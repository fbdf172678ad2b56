import { ArgumentError, describeValue } from '@earlyexit/core';
import { DEFAULT_BATCH_SIZE, checkBatchSize } from './session/run-images';
import type { Answers, RunOptions, Session } from './session/session';

/** The answers to one batch of a stream. */
export interface StreamedAnswers {
  /** The index of the batch's first image in the stream. */
  readonly offset: number;
  readonly answers: Answers;
}

/**
 * Classifies a stream of images in batches, in order: no more than one batch of images is in memory, and the next one
 * is requested only after its answers have been taken.
 *
 * @param images One image each, `[height, width, channels]`: preprocessed numbers or raw bytes, but not both.
 * @throws ArgumentError for images that are not all of one size and kind, or if `images` is not iterable; whatever
 * `session.run` or the stream throws. The signal ends it even while the stream is silent.
 */
export async function* streamAnswers(
  session: Session,
  images: AsyncIterable<Float32Array | Uint8Array> | Iterable<Float32Array | Uint8Array>,
  options: RunOptions = {},
): AsyncGenerator<StreamedAnswers> {
  const batchSize = checkBatchSize(options.batchSize ?? DEFAULT_BATCH_SIZE);
  let batch: (Float32Array | Uint8Array)[] = [];
  let offset = 0;
  let size: number | undefined = session.metadata.preprocessing?.inputShape.reduce(
    (all, side) => all * side,
    1,
  );
  const answer = async (): Promise<StreamedAnswers> => {
    const count = batch.length;
    const answers = await session.run({ data: join(batch), count }, options);
    batch = [];
    offset += count;
    return { offset: offset - count, answers };
  };
  for await (const image of untilAborted(images, options.signal)) {
    size ??= image.length;
    if (image.length !== size) {
      throw new ArgumentError({
        where: `streamAnswers, image ${offset + batch.length}`,
        rule: `all images of a stream are of one size, ${size} values here`,
        received: `${image.length} values`,
      });
    }
    batch.push(image);
    if (batch.length === batchSize) yield await answer();
  }
  if (batch.length > 0) yield await answer();
}

/** The items of a source until the signal aborts, even while the source is silent. */
async function* untilAborted<Item>(
  source: AsyncIterable<Item> | Iterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  const iterator = iteratorOf(source);
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal!.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
  // It may abort while nobody is waiting.
  aborted.catch(() => undefined);
  let ended = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await Promise.race([Promise.resolve(iterator.next()), aborted]);
      ended = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
    // A silent source may never end, so it is told to return but not waited for.
    if (!ended) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function iteratorOf<Item>(
  source: AsyncIterable<Item> | Iterable<Item>,
): AsyncIterator<Item> | Iterator<Item> {
  const given = source as Partial<AsyncIterable<Item> & Iterable<Item>> | null | undefined;
  const iterator = given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.();
  if (iterator !== undefined) return iterator;
  throw new ArgumentError({
    function: 'streamAnswers',
    argument: 'images',
    rule: 'images are an iterable, asynchronous or not',
    received: describeValue(source),
  });
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
