import type { PolicyOutcome } from '@earlyexit/calibration';
import type { CachedLogits, ExitCosts } from '@earlyexit/exit-criteria';

/** A policy's outcome for each sample: whether its answer was right, and what it cost. */
export function policyOutcome(
  { exitIndex, classes }: { readonly exitIndex: ArrayLike<number>; readonly classes: Int32Array },
  { labels }: Pick<CachedLogits, 'labels'>,
  { exitMacs }: ExitCosts,
): PolicyOutcome {
  return {
    correct: Uint8Array.from(classes, (answer, row) => (answer === labels?.[row] ? 1 : 0)),
    macs: Float64Array.from(exitIndex, (exit) => exitMacs[exit]!),
  };
}
