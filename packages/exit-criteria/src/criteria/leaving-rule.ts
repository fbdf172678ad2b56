/**
 * When a sample leaves, as a formula. A rule is all that a threshold search, a graph or a kernel has to know about a
 * criterion besides its scores.
 */
export type LeavingRule =
  | 'score < threshold'
  | 'score >= threshold'
  /** Two-sided: raising the threshold can let a sample leave. */
  | 'score > threshold and second largest output <= threshold';

/** The rules: which scores mean leaving, and which samples leave. A NaN score never leaves. */
export const leavingRules: Readonly<
  Record<
    LeavingRule,
    {
      readonly surerIs: 'lower' | 'higher';
      readonly leavesAt: (score: number, threshold: number, runnerUp: number) => boolean;
    }
  >
> = {
  'score < threshold': { surerIs: 'lower', leavesAt: (score, threshold) => score < threshold },
  'score >= threshold': { surerIs: 'higher', leavesAt: (score, threshold) => score >= threshold },
  'score > threshold and second largest output <= threshold': {
    surerIs: 'higher',
    leavesAt: (score, threshold, runnerUp) => score > threshold && runnerUp <= threshold,
  },
};
