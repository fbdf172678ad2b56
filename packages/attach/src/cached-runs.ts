import type { WorkOptions } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import type { ForeignInput } from '@earlyexit/onnx/foreign';
import type { ClassifierImages } from './classifier-images';
import { runImages } from './run-images';

/**
 * Runs a file in which every exit answers every image, and keeps the logits.
 *
 * @param labels of all images, by position; null where they are not known
 */
export async function cacheLogits(
  file: Uint8Array,
  {
    images,
    labels,
    rows,
    input,
    exits,
    classes,
  }: {
    readonly images: ClassifierImages;
    readonly labels: Int32Array | null;
    readonly rows: Int32Array;
    readonly input: ForeignInput;
    readonly exits: number;
    readonly classes: number;
  },
  work: WorkOptions & { readonly what: string },
): Promise<CachedLogits> {
  const logits = Array.from({ length: exits }, () => new Float32Array(rows.length * classes));
  await runImages(
    file,
    { images, rows, input },
    (results, offset) => {
      for (const [exit, values] of logits.entries()) values.set(results[`logits_${exit}`]!, offset * classes);
    },
    work,
  );
  return {
    exits: logits,
    samples: rows.length,
    classes,
    labels: labels === null ? null : rows.map((row) => labels[row]!),
  };
}
