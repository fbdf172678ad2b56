import type { ExitLoss } from './exit-losses';

/**
 * How a promise is made. `crc`, conformal risk control (arXiv 2208.02814): the risk is kept on average over calibration
 * draws. `ucb`, an upper confidence bound by betting, and `ltt`, Learn then Test (arXiv 2110.01052) with the binomial
 * tail (Clopper and Pearson, 1934): kept with probability 1 − δ. `naive` promises nothing and is there for comparison.
 */
export type RiskMethod = 'crc' | 'ucb' | 'ltt' | 'naive';

/**
 * The method that lets more samples leave at the same promise. Losses of 0 and 1 have an exact tail, which no bet
 * beats; for the gap, `ltt` would ignore the gains, which a bet profits from.
 */
export function defaultMethod(loss: ExitLoss): 'ucb' | 'ltt' {
  return loss === 'gap' ? 'ucb' : 'ltt';
}
