import { type MultiExitModel, type SampleSource, withMetadata } from '@earlyexit/branch-head';
import { channelsFirst, type WorkOptions } from '@earlyexit/core';
import { type CachedLogits, UNKNOWN_SPLIT } from '@earlyexit/exit-criteria';
import { exportExits } from '../export-exits';
import type { Quantization } from './activation-range';
import { checkAgreement, type ExitAgreement } from './check-agreement';
import type { RangeMethod } from './histogram';
import { inputShapeOf, measureRanges, type OpenFile } from './measure-ranges';
import { runExits } from './run-exits';

/** Enough for the range of an activation, to which every position of every image adds. */
const RANGE_IMAGES = 256;
/** Numbers that a run may hold at once; a network has some hundred times as many activations as input values. */
const NUMBERS_A_RUN = 2 ** 26;
const ACTIVATIONS_AN_INPUT = 200;
const LARGEST_BATCH = 64;

/** How a network becomes int8. */
export interface QuantizeOptions extends WorkOptions {
  /** Opens the files that are run: `graphOpener` of `@earlyexit/inference/onnx`. */
  readonly open: OpenFile;
  /** Which images the ranges are measured on, by row; up to 256, spread over all, unless given. */
  readonly rangeRows?: Int32Array | undefined;
  /** Chooses the ranges; `mse` unless given. */
  readonly method?: RangeMethod | undefined;
  /** Of the split that the images are of, as `fingerprintSplit` of `@earlyexit/runs` names it; unknown unless given. */
  readonly fingerprint?: string | undefined;
  /**
   * The smallest share of the images to which each exit has to give the class that it gives in float32, 0 to 1; 0.8
   * unless given. Below 0.95 a warning says so. 0 takes any, without a word.
   */
  readonly minAgreement?: number | undefined;
}

/** A network ready to be written as int8: an export takes `model`, and this as its options. */
export interface QuantizedModel {
  /** The same network; its metadata say on which samples the ranges were measured. */
  readonly model: MultiExitModel;
  readonly quantization: Quantization;
  /** The images that the ranges were measured on, by row. */
  readonly rangeRows: Int32Array;
  /** How often each exit gives the class that it gives in float32, the final one last. */
  readonly agreement: readonly ExitAgreement[];
  /** The logits of all images before and after, to set thresholds anew: `refitPolicy` of `@earlyexit/evaluation`. */
  readonly float32: CachedLogits;
  readonly int8: CachedLogits;
}

/**
 * Measures the ranges of a network's activations on some images, runs all of them in float32 and in int8, and holds the
 * answers against each other: a range that one number has stretched leaves nothing of the others, and nobody would know.
 *
 * Ranges are fitted to the images that they are measured on, so that nothing is to be promised on them: the metadata of
 * `model` record it.
 *
 * @param images preprocessed as the network takes them, of the calibration split
 * @throws DataError if an exit agrees with float32 less often than asked for, or weights are not finite; ArgumentError
 *   for a layer that is not supported; the signal's reason
 */
export async function quantizeModel(
  model: MultiExitModel,
  images: SampleSource,
  options: QuantizeOptions,
): Promise<QuantizedModel> {
  const { open, rangeRows = spreadRows(images.size), method, fingerprint = UNKNOWN_SPLIT } = options;
  const { signal, onProgress, onNote, minAgreement } = options;
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const batch = batchFor(shape.reduce((product, axis) => product * axis, 1));
  let done = 0;
  const quantization = await measureRanges(model, {
    open,
    ...(method === undefined ? {} : { method }),
    async *images() {
      for (let first = 0; first < rangeRows.length; first += batch) {
        signal?.throwIfAborted();
        const rows = rangeRows.slice(first, first + batch);
        yield { data: channelsFirst(await images.load(rows), shape), count: rows.length };
        done += rows.length;
        const total = rangeRows.length * (method === 'min-max' ? 1 : 2);
        onProgress?.({ what: 'measuring the ranges of activations', done, total, unit: 'samples' });
      }
    },
  });
  const run = async (file: Uint8Array, dtype: string): Promise<CachedLogits> =>
    runExits(await open(file, inputShapeOf(model)), images, {
      exits: model.metadata.exits.length,
      classes: model.metadata.classes.length,
      ...{ shape, what: `running images in ${dtype}`, batch: LARGEST_BATCH, signal, onProgress },
    });
  const float32 = await run(await exportExits(model), 'float32');
  const int8 = await run(await exportExits(model, { quantization }), 'int8');
  const agreement = checkAgreement({ float32, int8 }, model.metadata, minAgreement, onNote);
  const { fittedOn = [] } = model.metadata;
  const fit = { what: 'int8-ranges', fingerprint, samples: rangeRows.length } as const;
  return {
    model: withMetadata(model, { fittedOn: [...fittedOn, fit] }),
    ...{ quantization, rangeRows, agreement, float32, int8 },
  };
}

/** Spread over all, which may be sorted by class. */
function spreadRows(size: number): Int32Array {
  const length = Math.min(RANGE_IMAGES, size);
  return Int32Array.from({ length }, (_, index) => Math.floor((index * size) / length));
}

/** How many images of that many numbers a run may take when it gives out every tensor in the middle. */
function batchFor(size: number): number {
  return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(NUMBERS_A_RUN / (size * ACTIVATIONS_AN_INPUT))));
}
