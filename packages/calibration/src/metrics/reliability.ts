import { ArgumentError } from '@earlyexit/core';
import {
  argmaxRows,
  type CachedLogits,
  evaluateExits,
  type ExitPolicy,
  simulate,
  softmax,
} from '@earlyexit/exit-criteria';
import { checkLabelled } from '../checks';

/** The confidences of answers, and whether they were right. */
export interface Confidences {
  /** `[samples]`, the probability of the answer. */
  readonly confidences: Float64Array;
  /** `[samples]`, 1 where the answer is the true class. */
  readonly correct: Uint8Array;
}

/** One bar of a reliability diagram: the answers with a confidence above `low` and up to `high`. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence and share of right answers; `null` in an empty bin. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

/** How to measure calibration. */
export interface ReliabilityOptions {
  /** How many bins of equal width; 15 unless given, as in Guo et al. */
  readonly bins?: number;
  /** Divides the logits; 1 unless given. */
  readonly temperature?: number;
}

const DEFAULT_BINS = 15;

/**
 * The confidences of one exit's answers, as if every sample had left there. `logits` is `[samples, classes]`.
 *
 * @throws ArgumentError if the lengths do not fit
 */
export function exitConfidences(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  temperature = 1,
): Confidences {
  if (logits.length !== labels.length * classes) {
    throw new ArgumentError({
      where: 'reliability',
      rule: 'there is one row of logits per label',
      received: `${logits.length} logits, ${classes} classes and ${labels.length} labels`,
    });
  }
  const probabilities = softmax(logits, classes, temperature);
  const answers = argmaxRows(logits, classes);
  return {
    confidences: Float64Array.from(answers, (answer, row) => probabilities[row * classes + answer]!),
    correct: Uint8Array.from(answers, (answer, row) => (answer === labels[row] ? 1 : 0)),
  };
}

/**
 * The confidences of a policy's answers: for each sample the probability of its answer at the exit where it leaves,
 * which is the exit's softmax, or under `ensemble` the joint probability by which early exits decide.
 *
 * @throws ArgumentError without labels, or for a policy that does not fit
 */
export function policyConfidences(cached: CachedLogits, policy: ExitPolicy): Confidences {
  checkLabelled(cached, 'policyConfidences');
  const { exits, labels, classes } = cached;
  const { criterion, temperatures } = policy;
  const { exitIndex, classes: answers } = simulate(cached, policy);
  const probabilities = evaluateExits(cached, criterion, temperatures).map(({ ranking, scores }, exit) => {
    // If the answer is not that of the exit's own logits, its probability is the score.
    if (ranking !== exits[exit]) return scores;
    const own = softmax(exits[exit], classes, temperatures?.[exit] ?? 1);
    return Float64Array.from(answers, (answer, row) => own[row * classes + answer]!);
  });
  return {
    confidences: Float64Array.from(exitIndex, (exit, row) => probabilities[exit]![row]!),
    correct: Uint8Array.from(answers, (answer, row) => (answer === labels[row] ? 1 : 0)),
  };
}

/**
 * The bars of a reliability diagram, `bins` of equal width from 0 to 1.
 *
 * @throws ArgumentError if `bins` is not a positive whole number.
 */
export function reliabilityBins(
  { confidences, correct }: Confidences,
  bins = DEFAULT_BINS,
): ReliabilityBin[] {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new ArgumentError({ where: 'bins', rule: 'a positive whole number', received: String(bins) });
  }
  const count = new Int32Array(bins);
  const sure = new Float64Array(bins);
  const right = new Int32Array(bins);
  confidences.forEach((confidence, row) => {
    // Bins are open below and closed above, so that a confidence of 1 falls into the last one.
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    count[bin]!++;
    sure[bin]! += confidence;
    right[bin]! += correct[row]!;
  });
  return Array.from(count, (n, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    count: n,
    confidence: n === 0 ? null : sure[bin]! / n,
    accuracy: n === 0 ? null : right[bin]! / n,
  }));
}

/** The reliability diagram of one exit; see `reliabilityBins`. */
export function reliability(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  { bins = DEFAULT_BINS, temperature = 1 }: ReliabilityOptions = {},
): ReliabilityBin[] {
  return reliabilityBins(exitConfidences(logits, labels, classes, temperature), bins);
}

/**
 * Expected calibration error of a reliability diagram: the mean distance between confidence and accuracy, weighted
 * by the bins' counts; a fraction from 0 to 1, NaN if the diagram is empty.
 */
export function calibrationErrorOf(diagram: readonly ReliabilityBin[]): number {
  let total = 0;
  let sum = 0;
  for (const { count, confidence, accuracy } of diagram) {
    if (confidence === null || accuracy === null) continue;
    total += count;
    sum += count * Math.abs(confidence - accuracy);
  }
  return sum / total;
}

/** Expected calibration error of one exit (Guo et al., arXiv 1706.04599), a fraction from 0 to 1. */
export function expectedCalibrationError(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  options: ReliabilityOptions = {},
): number {
  return calibrationErrorOf(reliability(logits, labels, classes, options));
}
