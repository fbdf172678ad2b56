/** Identifies a set of samples. */
export interface SampleSet {
  /** The same for the same samples and for no others: a hash of their identities. */
  readonly fingerprint: string;
  /** `[samples]`, one content hash per sample; without them only equality of two sets can be determined. */
  readonly ids?: readonly string[];
}

/** How two sets of samples overlap, as far as can be determined. */
export type Overlap = 'none' | 'some' | 'all' | 'unknown';

/** Whether two sets share samples; `unknown` if they differ and one does not list its samples. */
export function overlapOf(first: SampleSet, second: SampleSet): Overlap {
  if (first.fingerprint === second.fingerprint) return 'all';
  if (first.ids === undefined || second.ids === undefined) return 'unknown';
  const known = new Set(first.ids);
  const shared = second.ids.filter((id) => known.has(id)).length;
  if (shared === 0) return 'none';
  return shared === second.ids.length ? 'all' : 'some';
}

/** How many samples of the second set are in the first; null if that cannot be determined. */
export function sharedCount(first: SampleSet, second: SampleSet): number | null {
  if (first.ids === undefined || second.ids === undefined) return null;
  const known = new Set(first.ids);
  return second.ids.filter((id) => known.has(id)).length;
}
