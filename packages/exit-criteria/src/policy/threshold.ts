import { ArgumentError } from '@earlyexit/core';

/**
 * Where an early exit lets samples leave: a number compared with the criterion's score, `'never'` (the exit is switched
 * off) or `'always'` (every sample leaves). The two words are decisions, not large numbers, so a saturated softmax can
 * neither fire a disabled exit nor hold a sample back.
 */
export type Threshold = number | 'never' | 'always';

/** A threshold in JSON: `null` is `'never'`. */
export type ThresholdJson = number | 'always' | null;

/** Whether `value` is a finite number, `'never'` or `'always'`. */
export function isThreshold(value: unknown): value is Threshold {
  return value === 'never' || value === 'always' || (typeof value === 'number' && Number.isFinite(value));
}

/**
 * Reads a threshold from the command line: a finite number, `never` or `always`.
 *
 * @throws ArgumentError for anything else, `NaN` and `Infinity` included.
 */
export function parseThreshold(text: string): Threshold {
  const word = text.trim();
  const value = word === 'never' || word === 'always' ? word : word === '' ? NaN : Number(word);
  if (isThreshold(value)) return value;
  throw new ArgumentError({
    where: 'threshold',
    rule: 'a threshold is a finite number, never or always',
    received: JSON.stringify(text),
    remedy: 'Write never to switch an exit off, always to let everything leave there',
  });
}

/** Writes a threshold for JSON: `'never'` becomes `null`. */
export function thresholdToJson(threshold: Threshold): ThresholdJson {
  return threshold === 'never' ? null : threshold;
}

/**
 * Reads a threshold from JSON: `null` is `'never'`.
 *
 * @throws ArgumentError if `value` is not a finite number, `"always"` or `null`.
 */
export function thresholdFromJson(value: unknown): Threshold {
  if (value === null) return 'never';
  if (value !== 'never' && isThreshold(value)) return value;
  throw new ArgumentError({
    where: 'thresholdFromJson',
    rule: 'a threshold in JSON is a finite number, "always", or null for never',
    received: value === undefined ? 'undefined' : JSON.stringify(value),
  });
}
