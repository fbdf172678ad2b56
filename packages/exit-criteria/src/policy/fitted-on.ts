/** What may be fitted on samples. */
export const FITTED_PARTS = [
  'weights',
  'temperature',
  'vector',
  'int8-ranges',
  'thresholds',
  'promise',
] as const;

/** Stands for the split of a fit that was recorded without one: it may be any split. */
export const UNKNOWN_SPLIT = 'unknown';

/** One part of a network and the samples that it was fitted on, on which no promise may be made. */
export interface FittedOn {
  readonly what: (typeof FITTED_PARTS)[number];
  /** The fingerprint of the split that the samples were taken from. */
  readonly fingerprint: string;
  /** The number of samples of the split. */
  readonly samples: number;
  /** For a promise: the probability with which it may fail; null if it is kept only on average. */
  readonly delta?: number | null | undefined;
  /** For a promise: what is promised, as one sentence, and with what. */
  readonly statement?: string | undefined;
}

/** Whether `value`, from a file perhaps, says what was fitted on which samples. */
export function isFittedOn(value: unknown): value is FittedOn {
  if (typeof value !== 'object' || value === null) return false;
  const { what, fingerprint, samples, delta = null, statement = '' } = value as Record<string, unknown>;
  return (
    (FITTED_PARTS as readonly unknown[]).includes(what) &&
    typeof fingerprint === 'string' &&
    typeof statement === 'string' &&
    (delta === null || (typeof delta === 'number' && delta >= 0 && delta <= 1)) &&
    Number.isSafeInteger(samples) &&
    (samples as number) >= 0
  );
}
