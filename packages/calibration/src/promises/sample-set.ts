/** Which samples something was done with. */
export interface SampleSet {
  /** The same for the same samples and for no others: a hash of their identities. */
  readonly fingerprint: string;
  /** `[samples]`, one hash of content a sample; without them two sets can only be told to be the same one. */
  readonly ids?: readonly string[];
}

/** How two sets of samples lie to each other, as far as it can be told. */
export type Overlap = 'none' | 'some' | 'all' | 'unknown';

/** Whether two sets share samples; `unknown` for two different ones of which one does not list its samples. */
export function overlapOf(first: SampleSet, second: SampleSet): Overlap {
  if (first.fingerprint === second.fingerprint) return 'all';
  if (first.ids === undefined || second.ids === undefined) return 'unknown';
  const known = new Set(first.ids);
  const shared = second.ids.filter((id) => known.has(id)).length;
  if (shared === 0) return 'none';
  return shared === second.ids.length ? 'all' : 'some';
}

/** How many samples of the second set are in the first; null where it cannot be told. */
export function sharedCount(first: SampleSet, second: SampleSet): number | null {
  if (first.ids === undefined || second.ids === undefined) return null;
  const known = new Set(first.ids);
  return second.ids.filter((id) => known.has(id)).length;
}
