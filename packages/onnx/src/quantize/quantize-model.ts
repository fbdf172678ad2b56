import { type MultiExitModel, type SampleSource, withMetadata } from '@earlyexit/branch-head';
import { type CachedLogits, UNKNOWN_SPLIT } from '@earlyexit/exit-criteria';
import { exportExits } from '../export-exits';
import type { Quantization } from './activation-range';
import { checkAgreement, type ExitAgreement } from './check-agreement';
import { inputShapeOf } from './measure-ranges';
import { runExits } from './run-exits';
import { sampleRanges, type SampleRangesOptions, spreadRows } from './sample-ranges';

const BATCH = 64;

/** How a network becomes int8. */
export interface QuantizeOptions extends SampleRangesOptions {
  /**
   * The fingerprint of the split that the images come from, from `fingerprintSplit` of `@earlyexit/runs`; unknown
   * unless given.
   */
  readonly fingerprint?: string | undefined;
  /**
   * The smallest share of images that must get the same class as in float32 at each exit, 0 to 1; 0.8 unless given.
   * Below 0.95 a warning says so. 0 accepts any share, without a warning.
   */
  readonly minAgreement?: number | undefined;
}

/** A network ready to be written as int8: an export takes `model`, and this as its options. */
export interface QuantizedModel {
  /** The same network, whose metadata say which samples the ranges were measured on. */
  readonly model: MultiExitModel;
  readonly quantization: Quantization;
  /** The images that the ranges were measured on, by row. */
  readonly rangeRows: Int32Array;
  /** How often each exit gives the same class as in float32, the final exit last. */
  readonly agreement: readonly ExitAgreement[];
  /**
   * The logits of all images before and after, for setting thresholds again: `refitPolicy` of `@earlyexit/evaluation`.
   */
  readonly float32: CachedLogits;
  readonly int8: CachedLogits;
}

/**
 * Measures the ranges of a network's activations on some images, runs all of them in float32 and in int8, and compares
 * the answers: a range stretched by a single outlier wipes out all other values, and nobody would notice.
 *
 * Ranges are fitted to the images that they are measured on, so no promise may be based on those images: the metadata
 * of `model` record them.
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
  const { open, rangeRows = spreadRows(images.size), fingerprint = UNKNOWN_SPLIT, minAgreement } = options;
  const { signal, onProgress, onNote } = options;
  const quantization = await sampleRanges(model, images, { ...options, rangeRows });
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const run = async (file: Uint8Array, dtype: string): Promise<CachedLogits> =>
    runExits(await open(file, inputShapeOf(model)), images, {
      exits: model.metadata.exits.length,
      classes: model.metadata.classes.length,
      ...{ shape, what: `running images in ${dtype}`, batch: BATCH, signal, onProgress },
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
