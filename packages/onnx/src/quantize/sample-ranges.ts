import type { MultiExitModel, SampleSource } from '@earlyexit/branch-head';
import { channelsFirst, type WorkOptions } from '@earlyexit/core';
import type { Quantization } from './activation-range';
import type { RangeMethod } from './histogram';
import type { OpenFile } from './measure-file';
import { measureRanges } from './measure-ranges';

/** Enough for the range of an activation, since every position of every image contributes. */
const RANGE_IMAGES = 256;
/** Numbers that a run may hold at once; a network has some hundred activations for each input value. */
const NUMBERS_A_RUN = 2 ** 26;
const ACTIVATIONS_AN_INPUT = 200;
const LARGEST_BATCH = 64;

/** How ranges are measured on images. */
export interface SampleRangesOptions extends WorkOptions {
  /** Opens the files that are run: `graphOpener` of `@earlyexit/inference/onnx`. */
  readonly open: OpenFile;
  /** Which images the ranges are measured on, by row; up to 256, spread over all, unless given. */
  readonly rangeRows?: Int32Array | undefined;
  /** How the ranges are chosen; `mse` unless given. */
  readonly method?: RangeMethod | undefined;
}

/**
 * Measures the ranges of a network's activations on images, in batches that fit into memory; see `measureRanges`. It
 * does not check what int8 does to the answers: `quantizeModel` does.
 *
 * @param images preprocessed as the network takes them
 * @throws ArgumentError for a layer that is not supported; DataError for weights that are not finite; the signal's reason
 */
export async function sampleRanges(
  model: MultiExitModel,
  images: Pick<SampleSource, 'size' | 'load'>,
  options: SampleRangesOptions,
): Promise<Quantization> {
  const { open, rangeRows = spreadRows(images.size), method, signal, onProgress } = options;
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const batch = batchFor(shape.reduce((product, axis) => product * axis, 1));
  const passes = method === 'min-max' ? 1 : 2;
  const total = rangeRows.length;
  let seen = 0;
  return measureRanges(model, {
    open,
    ...(method === undefined ? {} : { method }),
    async *images() {
      for (let first = 0; first < rangeRows.length; first += batch) {
        signal?.throwIfAborted();
        const rows = rangeRows.slice(first, first + batch);
        yield { data: channelsFirst(await images.load(rows), shape), count: rows.length };
        seen += rows.length;
        const done = Math.floor(seen / passes);
        onProgress?.({ what: 'measuring the ranges of activations', done, total, unit: 'samples' });
      }
    },
  });
}

/** Up to 256 rows spread evenly over all, because samples may be sorted by class. */
export function spreadRows(size: number): Int32Array {
  const length = Math.min(RANGE_IMAGES, size);
  return Int32Array.from({ length }, (_, index) => Math.floor((index * size) / length));
}

/** How many images of that many numbers a run may take if it outputs every intermediate tensor. */
function batchFor(size: number): number {
  return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(NUMBERS_A_RUN / (size * ACTIVATIONS_AN_INPUT))));
}
