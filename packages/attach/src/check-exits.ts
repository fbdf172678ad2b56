import { DataError, type WorkOptions } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import { type ForeignPlan, writeForeignExits } from '@earlyexit/onnx/foreign';
import { cacheLogits } from './cached-runs';
import type { ClassifierImages } from './classifier-images';

/** Images that the written exits are held against what was computed of them. */
const CHECKED = 32;
/** As a share of the largest logit. */
const LARGEST_DIFFERENCE = 1e-2;

/**
 * Holds the exits as they are written against logits that were computed of their heads' weights.
 *
 * @param rows which images the logits are of
 * @throws DataError if the file says something else
 */
export async function checkExits(
  plan: Pick<ForeignPlan, 'network' | 'input' | 'exits' | 'metadata'>,
  {
    cached,
    images,
    rows,
    where,
  }: {
    readonly cached: CachedLogits;
    readonly images: ClassifierImages;
    readonly rows: Int32Array;
    readonly where: string;
  },
  work: WorkOptions,
): Promise<void> {
  const written = await cacheLogits(
    await writeForeignExits(plan),
    {
      images,
      labels: null,
      rows: rows.slice(0, CHECKED),
      input: plan.input,
      exits: cached.exits.length,
      classes: cached.classes,
    },
    { ...work, what: 'checking the exits' },
  );
  written.exits.forEach((logits, exit) => {
    const expected = cached.exits[exit]!.subarray(0, logits.length);
    const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const most = logits.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i]!)), 0);
    if (most <= LARGEST_DIFFERENCE * scale) return;
    throw new DataError({
      where,
      rule: 'its exits say in the file what they said when they were fitted',
      received: `logits of exit ${exit} that differ by ${most}, of at most ${scale}`,
    });
  });
}
