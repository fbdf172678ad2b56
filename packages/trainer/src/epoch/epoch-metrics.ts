import type { ExitSummary } from '@earlyexit/exit-criteria';
import type { StepStatistics } from '../step/training-step';

/** The results of an epoch. Accuracies and shares are fractions from 0 to 1; one entry per exit, the final one last. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** The regime's phase. */
  readonly phase: string;
  /** Steps of all epochs so far. */
  readonly step: number;
  /** At the last step. */
  readonly learningRate: number;
  /** Σ weight × loss, the mean over the epoch's samples; in a cascade over those that were passed on. */
  readonly trainLoss: number;
  /** Null for an exit that was not computed in this phase. */
  readonly trainLosses: readonly (number | null)[];
  /** Over all samples, during the epoch; null as above. */
  readonly trainAccuracy: readonly (number | null)[];
  readonly validation: ValidationMetrics | null;
  /** Samples a second in the training steps; validation and saving not counted. */
  readonly imagesPerSecond: number;
  /** The share of the training time in which the input held the step back. */
  readonly waitShare: number;
  /** The training steps' time; validation and saving not counted. */
  readonly seconds: number;
}

/** What the validation split says after an epoch. */
export interface ValidationMetrics {
  /** Σ weight × loss with the weights at the end of the epoch, without smoothing. */
  readonly loss: number;
  /** Mean cross-entropy of each exit. */
  readonly losses: readonly number[];
  /** Of each exit over all samples. */
  readonly accuracy: readonly number[];
  /** Where samples leave under the given policy and how often they are right; null without a policy. */
  readonly summary: ExitSummary | null;
  /** What the best epoch has most of; see `train`. */
  readonly score: number;
}

/** Sums of an unfinished epoch, as they go into a checkpoint: float64 numbers. */
export interface EpochTotals {
  /** Gone through. */
  samples: number;
  /** Trained on: in a cascade fewer than were gone through. */
  counted: number;
  seconds: number;
  waitSeconds: number;
  loss: number;
  readonly losses: number[];
  readonly right: number[];
}

/** Totals of an epoch that has not begun. */
export function emptyTotals(exits: number): EpochTotals {
  const zeros = (): number[] => new Array<number>(exits).fill(0);
  return { samples: 0, counted: 0, seconds: 0, waitSeconds: 0, loss: 0, losses: zeros(), right: zeros() };
}

/** Adds a step of `samples` whose exits are `computed` (indices), weighted by `weights` (one for each computed exit). */
export function addStep(
  totals: EpochTotals,
  samples: number,
  statistics: StepStatistics,
  computed: readonly number[],
  weights: readonly number[],
): void {
  totals.samples += samples;
  totals.counted += statistics.rows;
  for (const [index, exit] of computed.entries()) {
    const loss = statistics.losses[index]! * statistics.rows;
    totals.losses[exit]! += loss;
    totals.right[exit]! += statistics.right[index]!;
    totals.loss += loss * weights[index]!;
  }
}

/** Means over the counted samples so far; null for an exit that is not computed, and without any sample. */
export function meansOf(
  totals: EpochTotals,
  computed: readonly number[],
): Pick<EpochMetrics, 'trainLoss' | 'trainLosses' | 'trainAccuracy' | 'imagesPerSecond' | 'waitShare'> {
  const { counted } = totals;
  const mean = (sums: readonly number[]): (number | null)[] =>
    sums.map((sum, exit) => (counted > 0 && computed.includes(exit) ? sum / counted : null));
  return {
    trainLoss: totals.loss / Math.max(1, counted),
    trainLosses: mean(totals.losses),
    trainAccuracy: mean(totals.right),
    imagesPerSecond: totals.seconds > 0 ? totals.samples / totals.seconds : 0,
    waitShare: totals.seconds > 0 ? Math.min(1, totals.waitSeconds / totals.seconds) : 0,
  };
}
