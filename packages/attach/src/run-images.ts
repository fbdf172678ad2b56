import { channelsFirst, DataError, type WorkOptions } from '@earlyexit/core';
import { preprocess } from '@earlyexit/inference';
import { graphOpener } from '@earlyexit/inference/onnx';
import type { ForeignInput } from '@earlyexit/onnx/foreign';
import type { ClassifierImages } from './classifier-images';

/** Numbers that a batch may hold, so that the features of a large network stay within memory. */
const NUMBERS_IN_BATCH = 2 ** 21;
const LARGEST_BATCH = 64;

/**
 * Runs a file with the input `pixel_values` on images and gives all outputs to `take`, batch by batch.
 *
 * @param rows which images, by position
 * @throws DataError if the answers hold NaN or infinite values; the signal's reason if aborted
 */
export async function runImages(
  file: Uint8Array,
  {
    images,
    rows,
    input,
    from = 0,
  }: {
    readonly images: ClassifierImages;
    readonly rows: Int32Array;
    readonly input: ForeignInput;
    /** How many of the rows were run before. */
    readonly from?: number;
  },
  take: (results: Readonly<Record<string, Float32Array>>, offset: number) => void | Promise<void>,
  { signal, onProgress, what }: WorkOptions & { readonly what: string },
): Promise<void> {
  const [height, width, channels] = input.size;
  const graph = await graphOpener()(file, [channels, height, width]);
  const size = height * width * channels;
  const batch = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(NUMBERS_IN_BATCH / size)));
  const { mean, standardDeviation } = input;
  try {
    for (let offset = from; offset < rows.length; offset += batch) {
      signal?.throwIfAborted();
      const part = rows.slice(offset, offset + batch);
      const bytes = await images.read(part, { signal, imageShape: input.size });
      const prepared = preprocess(bytes, { inputShape: input.size, mean, standardDeviation });
      const results = await graph.run(channelsFirst(prepared, input.size), part.length);
      for (const values of Object.values(results)) {
        if (!values.every(Number.isFinite)) {
          throw new DataError({
            where: what,
            rule: 'a network answers images with finite numbers',
            received: `NaN or an infinite value among the first ${offset + part.length} images`,
            remedy: 'Look at the preprocessing: mean, standard deviation, size',
          });
        }
      }
      await take(results, offset);
      onProgress?.({
        what,
        done: Math.min(rows.length, offset + batch),
        total: rows.length,
        unit: 'samples',
      });
    }
  } finally {
    await graph.release();
  }
}
