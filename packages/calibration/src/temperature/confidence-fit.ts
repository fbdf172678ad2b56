import type { CachedLogits } from '@earlyexit/exit-criteria';
import { brierScore } from '../metrics/brier-score';
import { fitTemperature } from './fit-temperature';
import { negativeLogLikelihood } from '../metrics/negative-log-likelihood';
import {
  calibrationErrorOf,
  exitConfidences,
  type ReliabilityBin,
  reliabilityBins,
} from '../metrics/reliability';
import { applyVectorScaling, fitVectorScaling, type VectorScaling } from './vector-scaling';

/** How confidence is scaled before thresholds are looked for. */
export type Scaling = 'temperature' | 'vector' | 'none';

/** How well an exit knows how sure it is. */
export interface ConfidenceMeasure {
  /** Mean, in nats. */
  readonly negativeLogLikelihood: number;
  /** From 0 to 2. */
  readonly brierScore: number;
  /** Expected calibration error over 15 bins, a fraction. */
  readonly calibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
}

/** The scaling of one exit and what it does. */
export interface ConfidenceFit {
  readonly exit: string;
  /** 1 where confidence is not scaled by one. */
  readonly temperature: number;
  /** Null unless vector scaling was asked for. */
  readonly vector: VectorScaling | null;
  readonly converged: boolean;
  /** Why nothing was scaled, or null. */
  readonly reason: string | null;
  readonly before: ConfidenceMeasure;
  readonly after: ConfidenceMeasure;
}

/**
 * Fits every exit's confidence on some samples and measures what it does on others, or on the same.
 *
 * @param exitNames the final one last
 */
export function fitConfidence(
  fitted: CachedLogits,
  measured: CachedLogits,
  exitNames: readonly string[],
  scaling: Scaling,
): ConfidenceFit[] {
  const { classes } = fitted;
  const labels = fitted.labels ?? new Int32Array();
  return fitted.exits.map((logits, exit): ConfidenceFit => {
    const own = measured.exits[exit] ?? logits;
    const common = { exit: exitNames[exit] ?? '', before: measure(own, measured, 1) };
    if (scaling === 'none') {
      return {
        ...common,
        temperature: 1,
        vector: null,
        converged: true,
        reason: null,
        after: common.before,
      };
    }
    if (scaling === 'vector') {
      const vector = fitVectorScaling(logits, labels, classes);
      const after = measure(applyVectorScaling(own, vector), measured, 1);
      const { converged } = vector;
      const reason = converged ? null : 'its vector scaling did not converge; the best point found is used';
      return { ...common, temperature: 1, vector, converged, reason, after };
    }
    const { temperature, converged, reason } = fitTemperature(logits, labels, classes);
    const after = measure(own, measured, temperature);
    return { ...common, temperature, vector: null, converged, reason, after };
  });
}

/** Cached logits as fits have scaled them; temperatures stay apart, in the policy. */
export function applyFits(cached: CachedLogits, fits: readonly ConfidenceFit[]): CachedLogits {
  if (fits.every(({ vector }) => vector === null)) return cached;
  const exits = cached.exits.map((logits, exit) => {
    const vector = fits[exit]?.vector ?? null;
    return vector === null ? logits : applyVectorScaling(logits, vector);
  });
  return { ...cached, exits };
}

function measure(
  logits: Float32Array,
  { labels, classes }: CachedLogits,
  temperature: number,
): ConfidenceMeasure {
  const known = labels ?? new Int32Array();
  const reliability = reliabilityBins(exitConfidences(logits, known, classes, temperature));
  return {
    negativeLogLikelihood: negativeLogLikelihood(logits, known, classes, { temperature }),
    brierScore: brierScore(logits, known, classes, { temperature }),
    calibrationError: calibrationErrorOf(reliability),
    reliability,
  };
}
