/** A gambler who bets that ranks are not uniform; see `createRankBettor`. */
export interface RankBettor {
  /** Takes the next rank, from 0 to below 1, and returns the wealth after it. */
  bet(rank: number): number;
}

const BINS = 10;
// As if this many ranks had already been seen in every bin, so that early bets stay small.
const PRIOR = 10;

/**
 * Bets on future ranks with the frequencies of the last `memory` or so. If the ranks are independent and uniform, the
 * wealth ever reaches 1/α with probability at most α (Ville's inequality), because every bet is fair.
 *
 * The stake is spread over all times at which a change might begin, 1/(t(t + 1)) of it for time t, and each part is
 * kept back until then: a long time without change costs little (a Shiryaev–Roberts procedure with prior weights).
 */
export function createRankBettor(memory: number): RankBettor {
  const frequencies = new Float64Array(BINS);
  const decay = 1 - 1 / memory;
  let seen = 0;
  let time = 0;
  let invested = 0;
  return {
    bet(rank) {
      time++;
      const bin = Math.min(BINS - 1, Math.floor(rank * BINS));
      const odds = (BINS * (frequencies[bin]! + PRIOR)) / (seen + BINS * PRIOR);
      invested = (invested + 1 / (time * (time + 1))) * odds;
      for (let b = 0; b < BINS; b++) frequencies[b]! *= decay;
      frequencies[bin]!++;
      seen = seen * decay + 1;
      return invested + 1 / (time + 1);
    },
  };
}
