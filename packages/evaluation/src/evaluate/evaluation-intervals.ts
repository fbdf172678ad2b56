import {
  calibrationErrorInterval,
  type Confidences,
  costInterval,
  type Estimate,
  pairedCounts,
  pairedDifference,
  wilsonInterval,
} from '@earlyexit/calibration';
import type { ExitCosts, ExitStatistics } from '@earlyexit/exit-criteria';

/** The confidence of every interval of a document. */
export const INTERVAL_CONFIDENCE = 0.95;

/** The confidence intervals of an evaluation's figures; each is null if its figure is. */
export interface EvaluationIntervals {
  /** The confidence of every interval here. */
  readonly confidence: number;
  /** Wilson's interval. */
  readonly top1: Estimate | null;
  /** How far `top1` lies below `static.top1`, on the same samples. */
  readonly accuracyDrop: Estimate | null;
  readonly averageMacs: Estimate | null;
  readonly macsRatio: Estimate | null;
  readonly expectedCalibrationError: Estimate | null;
  readonly static: { readonly top1: Estimate | null };
  /** The final exit last. */
  readonly exits: readonly { readonly top1: Estimate | null; readonly top1All: Estimate | null }[];
}

/** What intervals are computed from. */
export interface EvaluatedSamples {
  /** One per exit, the final one last. */
  readonly exits: readonly Pick<ExitStatistics, 'taken' | 'top1' | 'top1All'>[];
  readonly costs: ExitCosts;
  /** `[samples]`, 1 where the answer is right; null without labels. */
  readonly correct: ArrayLike<number> | null;
  /** The same for the final exit alone; null if unknown. */
  readonly finalCorrect: ArrayLike<number> | null;
  /** `[samples]`, the confidences of the answers. */
  readonly confidences: Confidences | null;
}

/** The intervals of those figures of an evaluation that are known. */
export function evaluationIntervals({
  exits,
  costs,
  correct,
  finalCorrect,
  confidences,
}: EvaluatedSamples): EvaluationIntervals {
  const taken = exits.map((exit) => exit.taken);
  const samples = taken.reduce((sum, count) => sum + count, 0);
  const none = samples === 0;
  const accuracy = (share: number | null, of: number): Estimate | null =>
    share === null || of === 0 ? null : wilsonInterval(Math.round(share * of), of, INTERVAL_CONFIDENCE);
  const cost = none ? null : costInterval(taken, costs, INTERVAL_CONFIDENCE);
  return {
    confidence: INTERVAL_CONFIDENCE,
    top1: none ? null : shareOf(correct),
    accuracyDrop:
      none || correct === null || finalCorrect === null
        ? null
        : pairedDifference(pairedCounts(finalCorrect, correct), INTERVAL_CONFIDENCE),
    averageMacs: cost?.averageMacs ?? null,
    macsRatio: cost?.macsRatio ?? null,
    expectedCalibrationError:
      none || correct === null || confidences === null
        ? null
        : calibrationErrorInterval(confidences, INTERVAL_CONFIDENCE),
    static: { top1: none ? null : shareOf(finalCorrect) },
    exits: exits.map(({ taken: here, top1, top1All }) => ({
      top1: accuracy(top1, here),
      top1All: accuracy(top1All, samples),
    })),
  };
}

function shareOf(correct: ArrayLike<number> | null): Estimate | null {
  if (correct === null) return null;
  let right = 0;
  for (let row = 0; row < correct.length; row++) right += correct[row]!;
  return wilsonInterval(right, correct.length, INTERVAL_CONFIDENCE);
}
