/**
 * How a promise is made. `crc`, conformal risk control (arXiv 2208.02814): the risk is kept on average over
 * calibration draws. `ucb`, an upper confidence bound by betting, and `ltt`, Learn then Test (arXiv 2110.01052) with
 * Hoeffding–Bentkus p-values: kept with probability 1 − δ. `naive` promises nothing: it is what one does without,
 * for comparison.
 */
export type RiskMethod = 'crc' | 'ucb' | 'ltt' | 'naive';
