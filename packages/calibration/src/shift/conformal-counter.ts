/**
 * Ranks each observation among those before it. As long as all are drawn from the same distribution, the ranks are
 * independent and uniform between 0 and 1, whatever the distribution (Vovk, Gammerman and Shafer, Algorithmic Learning
 * in a Random World): ties are broken at random, and each observation joins the earlier ones.
 */
export interface ConformalCounter {
  /** `[categories]`, how often each has been seen so far. */
  readonly counts: Float64Array;
  /** The rank of one more observation; `tie` is a random number from 0 to below 1. */
  rank(category: number, tie: number): number;
}

/** A counter that starts from a reference: the category of each reference sample. */
export function createConformalCounter(categories: number, reference: ArrayLike<number>): ConformalCounter {
  const counts = new Float64Array(categories);
  for (let i = 0; i < reference.length; i++) counts[reference[i]!]!++;
  let total = reference.length;
  return {
    counts,
    rank(category, tie) {
      let below = 0;
      for (let c = 0; c < category; c++) below += counts[c]!;
      counts[category]!++;
      total++;
      return (below + tie * counts[category]!) / total;
    },
  };
}
