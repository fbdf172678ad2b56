/**
 * A scale of scores that does not depend on the network or the data, so that thresholds can be tried in an order that
 * no sample influences, as a promise requires.
 */
export type ScoreScale =
  | {
      readonly kind: 'doubt';
      /** The threshold at a doubt between 0, where no sample leaves, and 1, where all do. */
      readonly thresholdAt: (doubt: number, classes: number) => number;
    }
  /** Whole numbers from 1 to the number of exits so far. */
  | { readonly kind: 'count' };

/** The scale of scores that are probabilities: a threshold of 1 − doubt. */
export const PROBABILITY_SCALE: ScoreScale = { kind: 'doubt', thresholdAt: (doubt) => 1 - doubt };
