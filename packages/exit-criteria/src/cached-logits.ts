import { ArgumentError } from '@earlyexit/core';

/**
 * The logits of every exit for every sample of a split: the result of one pass through the network, from which
 * everything else is computed.
 */
export interface CachedLogits {
  /** One array per exit, the final exit last; each `[samples, classes]`, row-major. */
  readonly exits: readonly Float32Array[];
  readonly samples: number;
  readonly classes: number;
  /** `[samples]`, the true classes, or `null` if they are not known. */
  readonly labels: Int32Array | null;
}

/**
 * Refuses cached logits whose parts do not fit each other.
 *
 * @throws ArgumentError if there is no exit, an array has the wrong length, or a label is not a class.
 */
export function validateCachedLogits(cached: CachedLogits, where = 'cached logits'): void {
  const { exits, samples, classes, labels } = cached;
  const expected = samples * classes;
  if (exits.length === 0) {
    throw new ArgumentError({ where, rule: 'there is at least the final exit', received: 'no exits' });
  }
  exits.forEach((logits, exit) => {
    if (logits.length === expected) return;
    throw new ArgumentError({
      where,
      rule: `every exit holds samples x classes = ${samples} x ${classes} logits`,
      received: `${logits.length} at exit ${exit}`,
    });
  });
  if (labels === null) return;
  if (labels.length !== samples) {
    throw new ArgumentError({
      where,
      rule: 'there is one label per sample',
      received: `${labels.length} labels for ${samples} samples`,
    });
  }
  const stray = labels.find((label) => label < 0 || label >= classes);
  if (stray !== undefined) {
    throw new ArgumentError({
      where,
      rule: `labels are classes from 0 to ${classes - 1}`,
      received: String(stray),
    });
  }
}
