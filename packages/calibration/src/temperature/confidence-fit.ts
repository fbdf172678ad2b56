import {
  type CachedLogits,
  type CriterionName,
  DEFAULT_CRITERION,
  getCriterion,
  logSoftmax,
} from '@earlyexit/exit-criteria';
import { brierScore } from '../metrics/brier-score';
import { calibrationErrorInterval } from '../intervals/calibration-error-interval';
import type { Estimate } from '../intervals/estimate';
import { adaptiveCalibrationError, classCalibrationError } from '../metrics/class-calibration-error';
import { fitEnsembleTemperatures } from './fit-ensemble-temperatures';
import { fitTemperature } from './fit-temperature';
import { negativeLogLikelihood } from '../metrics/negative-log-likelihood';
import {
  calibrationErrorOf,
  exitConfidences,
  type ReliabilityBin,
  reliabilityBins,
} from '../metrics/reliability';
import { applyVectorScaling, fitVectorScaling, type VectorScaling } from './vector-scaling';

/** How confidence is scaled before thresholds are searched. */
export type Scaling = 'temperature' | 'vector' | 'none';

/** How well an exit's confidence matches its accuracy. */
export interface ConfidenceMeasure {
  /** Mean, in nats. */
  readonly negativeLogLikelihood: number;
  /** From 0 to 2. */
  readonly brierScore: number;
  /** Expected calibration error over 15 bins, a fraction. */
  readonly calibrationError: number;
  /** Its 95 % interval, corrected for chance, which alone makes the error too large. */
  readonly calibrationErrorInterval: Estimate;
  /** The error of every class's probability, not of the answer's alone: the mean over the classes. */
  readonly classCalibrationError: number;
  /** The error over 15 bins of equal counts instead of equal width. */
  readonly adaptiveCalibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
}

/** The scaling of one exit and its effect. */
export interface ConfidenceFit {
  readonly exit: string;
  /** 1 if confidence is not scaled by a temperature. */
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
 * @param criterion The criterion that will decide: if exits answer with the mean of the exits so far (`ensemble`), that
 * mean is fitted to the labels and measured.
 * @throws ArgumentError if parts do not fit; DataError for logits that are not finite
 */
export function fitConfidence(
  fitted: CachedLogits,
  measured: CachedLogits,
  exitNames: readonly string[],
  scaling: Scaling,
  criterion: CriterionName = DEFAULT_CRITERION,
): ConfidenceFit[] {
  const { answersWith } = getCriterion(criterion);
  if (answersWith === 'mean-log-probabilities' && scaling === 'temperature')
    return fitEnsemble(fitted, measured, exitNames);
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

/** Cached logits with the vector scalings applied; temperatures stay separate, in the policy. */
export function applyFits(cached: CachedLogits, fits: readonly ConfidenceFit[]): CachedLogits {
  if (fits.every(({ vector }) => vector === null)) return cached;
  const exits = cached.exits.map((logits, exit) => {
    const vector = fits[exit]?.vector ?? null;
    return vector === null ? logits : applyVectorScaling(logits, vector);
  });
  return { ...cached, exits };
}

/** Temperatures for the mean of the exits so far, each with measures of that mean; the final exit keeps its own. */
function fitEnsemble(
  fitted: CachedLogits,
  measured: CachedLogits,
  exitNames: readonly string[],
): ConfidenceFit[] {
  const temperatures = fitEnsembleTemperatures(fitted);
  const final = temperatures.length - 1;
  const before = meanLogits(
    measured,
    temperatures.map(() => 1),
  );
  const after = meanLogits(measured, temperatures);
  return temperatures.map((temperature, exit) => ({
    exit: exitNames[exit] ?? '',
    temperature,
    vector: null,
    converged: true,
    reason: null,
    before: measure(exit === final ? measured.exits[exit]! : before[exit]!, measured, 1),
    after:
      exit === final
        ? measure(measured.exits[exit]!, measured, temperature)
        : measure(after[exit]!, measured, 1),
  }));
}

/** For every exit the mean of the log-probabilities so far: logits of the normalised geometric mean. */
function meanLogits({ exits, classes }: CachedLogits, temperatures: readonly number[]): Float64Array[] {
  let sum: Float64Array | null = null;
  return exits.map((logits, exit) => {
    const current = logSoftmax(logits, classes, temperatures[exit]);
    sum = sum === null ? current : sum.map((value, i) => value + current[i]!);
    return sum.map((value) => value / (exit + 1));
  });
}

function measure(
  logits: Float32Array | Float64Array,
  { labels, classes }: CachedLogits,
  temperature: number,
): ConfidenceMeasure {
  const known = labels ?? new Int32Array();
  const confidences = exitConfidences(logits, known, classes, temperature);
  const reliability = reliabilityBins(confidences);
  return {
    negativeLogLikelihood: negativeLogLikelihood(logits, known, classes, { temperature }),
    brierScore: brierScore(logits, known, classes, { temperature }),
    calibrationError: calibrationErrorOf(reliability),
    calibrationErrorInterval: calibrationErrorInterval(confidences),
    classCalibrationError: classCalibrationError(logits, known, classes, { temperature }),
    adaptiveCalibrationError: adaptiveCalibrationError(confidences),
    reliability,
  };
}
