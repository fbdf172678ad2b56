/** What may be fitted on samples. */
export const FITTED_PARTS = [
  'weights',
  'temperature',
  'vector',
  'int8-ranges',
  'thresholds',
  'promise',
] as const;

/** Stands for the split of a fit that was recorded without one: any split may be the same. */
export const UNKNOWN_SPLIT = 'unknown';

/** One part of a network and the samples that it was fitted on: nothing else may be promised on them. */
export interface FittedOn {
  readonly what: (typeof FITTED_PARTS)[number];
  /** Of the split that the samples were taken from. */
  readonly fingerprint: string;
  /** How many of the split. */
  readonly samples: number;
  /** Of a promise: the probability with which it may fail; null where it is kept on average alone. */
  readonly delta?: number | null | undefined;
  /** Of a promise: what is promised, as one sentence, and with what. */
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
