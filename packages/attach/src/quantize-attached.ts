import type { CachedLogits } from '@earlyexit/exit-criteria';
import type { WorkOptions } from '@earlyexit/core';
import { preprocess } from '@earlyexit/inference';
import { graphOpener } from '@earlyexit/inference/onnx';
import { selectSamples } from '@earlyexit/calibration';
import {
  checkAgreement,
  type ExitAgreement,
  type ForeignParts,
  measureFile,
  type Quantization,
  RANGE_IMAGES,
  rangeBatches,
  writeForeignExits,
  writeForeignRanges,
} from '@earlyexit/onnx/foreign';
import { cacheLogits } from './cached-runs';
import type { ClassifierImages } from './classifier-images';

/** What int8 makes of a network with exits. */
export interface QuantizedAttached {
  readonly quantization: Quantization;
  /** What every exit says of the same images in int8. */
  readonly cached: CachedLogits;
  /** How often each exit gives the class that it gives in float32. */
  readonly agreement: readonly ExitAgreement[];
  /** How many images the ranges were measured on. */
  readonly samples: number;
}

/**
 * Measures the ranges of a network's activations on the images that things are fitted on, and runs all of them in int8.
 *
 * @param rows which images the logits are of, those for fitting first
 * @param fitted how many those are, and how many the promise rests on
 * @throws DataError if there is nothing that would become int8, or an exit hardly ever says the same in int8
 */
export async function quantizeAttached(
  plan: ForeignParts,
  {
    cached,
    images,
    rows,
    parts,
    minAgreement,
    caller,
  }: {
    readonly cached: CachedLogits;
    readonly images: ClassifierImages;
    readonly rows: Int32Array;
    readonly parts: { readonly fit: number; readonly promise: number };
    readonly minAgreement: number | undefined;
    readonly caller: string;
  },
  work: WorkOptions,
): Promise<QuantizedAttached> {
  const { input } = plan;
  const { size, mean, standardDeviation } = input;
  const measured = rows.slice(0, Math.min(RANGE_IMAGES, parts.fit));
  const load = async (some: Int32Array): Promise<Float32Array> => {
    const bytes = await images.read(some, { signal: work.signal, imageShape: size });
    return preprocess(bytes, { inputShape: size, mean, standardDeviation });
  };
  const quantization = await measureFile(await writeForeignRanges(plan), {
    open: graphOpener(),
    images: rangeBatches({ rows: measured, load, shape: size }, work),
  });
  const { exits, classes, labels } = cached;
  const int8 = await cacheLogits(
    await writeForeignExits({ ...plan, quantization }),
    { images, labels: null, rows, input, exits: exits.length, classes },
    { ...work, what: 'running images in int8' },
  );
  const looked = Int32Array.from({ length: parts.fit + parts.promise }, (_, row) => row);
  const agreement = checkAgreement(
    { float32: selectSamples(cached, looked), int8: selectSamples(int8, looked) },
    plan.metadata,
    minAgreement,
    work.onNote,
    caller,
  );
  return { quantization, cached: { ...int8, labels }, agreement, samples: measured.length };
}
