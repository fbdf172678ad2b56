import { answerCounts, type Estimate, wilsonInterval } from '@earlyexit/calibration';
import type { CachedLogits, ExitPolicy, RejectMetadata } from '@earlyexit/exit-criteria';
import { INTERVAL_CONFIDENCE } from './evaluation-intervals';

/** When the final exit declines, and the effect on other samples. */
export interface MeasuredReject extends RejectMetadata {
  /** The number of these samples that got an answer. */
  readonly answered: number;
  /** The share of wrong answers among those, with its interval; null without answers or labels. */
  readonly measuredRisk: Estimate | null;
}

/** Measures a reject option on samples that it was not made on. */
export function measureReject(
  cached: CachedLogits,
  policy: ExitPolicy,
  reject: RejectMetadata,
): MeasuredReject {
  const { answered, wrong } = answerCounts(cached, policy)(reject.below);
  const isKnown = answered > 0 && cached.labels !== null;
  const measuredRisk = isKnown ? wilsonInterval(wrong, answered, INTERVAL_CONFIDENCE) : null;
  return { ...reject, answered, measuredRisk };
}

/** Whether the final exit declines an answer of that probability. */
export function declines({ below }: Pick<RejectMetadata, 'below'>, probability: number): boolean {
  return probability < below;
}
