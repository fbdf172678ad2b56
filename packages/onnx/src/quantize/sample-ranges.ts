import type { MultiExitModel, SampleSource } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import type { Quantization } from './activation-range';
import type { RangeMethod } from './histogram';
import type { OpenFile } from './measure-file';
import { measureRanges } from './measure-ranges';
import { RANGE_IMAGES, rangeBatches } from './range-batches';

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
  const { open, rangeRows: rows = spreadRows(images.size), method } = options;
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const passes = method === 'min-max' ? 1 : 2;
  return measureRanges(model, {
    open,
    ...(method === undefined ? {} : { method }),
    images: rangeBatches({ rows, load: (some) => images.load(some), shape, passes }, options),
  });
}

/** Up to 256 rows spread evenly over all, because samples may be sorted by class. */
export function spreadRows(size: number): Int32Array {
  const length = Math.min(RANGE_IMAGES, size);
  return Int32Array.from({ length }, (_, index) => Math.floor((index * size) / length));
}
