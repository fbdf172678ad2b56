import { softmax } from '@earlyexit/exit-criteria';
import { checkRows } from '../checks';
import {
  calibrationErrorOf,
  type Confidences,
  type ReliabilityOptions,
  reliabilityBins,
} from './reliability';

/**
 * Class-wise calibration error (Kull et al., NeurIPS 2019): the mean over the classes of the expected calibration error
 * of "the sample is of this class", with that class's probability as confidence. The usual error considers the answer
 * alone; this one also sees whether a runner-up gets too high a probability.
 *
 * @param logits `[samples, classes]`, row-major.
 * @returns A fraction from 0 to 1.
 * @throws ArgumentError if the lengths do not fit.
 */
export function classCalibrationError(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  { bins, temperature = 1 }: ReliabilityOptions = {},
): number {
  checkRows(logits, labels, classes, 'classCalibrationError');
  const probabilities = softmax(logits, classes, temperature);
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const confidences = Float64Array.from(labels, (_, row) => probabilities[row * classes + c]!);
    const correct = Uint8Array.from(labels, (label) => (label === c ? 1 : 0));
    sum += calibrationErrorOf(reliabilityBins({ confidences, correct }, bins));
  }
  return sum / classes;
}

/**
 * Adaptive calibration error (Nguyen and O'Connor, EMNLP 2015; Nixon et al., 2019): the expected calibration error over
 * bins of equal counts instead of equal width. A confident network puts nearly all answers into the last of the bins of
 * equal width, where over- and underconfidence cancel out; here each bin holds as many answers as any other.
 *
 * @param bins How many; 15 unless given, fewer if there are fewer answers.
 * @returns A fraction from 0 to 1, NaN without answers.
 */
export function adaptiveCalibrationError({ confidences, correct }: Confidences, bins = 15): number {
  const order = Int32Array.from(confidences, (_, row) => row).sort(
    (a, b) => confidences[a]! - confidences[b]!,
  );
  const count = Math.min(bins, order.length);
  let sum = 0;
  for (let bin = 0; bin < count; bin++) {
    const from = Math.floor((bin * order.length) / count);
    const until = Math.floor(((bin + 1) * order.length) / count);
    let excess = 0;
    for (let i = from; i < until; i++) excess += confidences[order[i]!]! - correct[order[i]!]!;
    sum += Math.abs(excess);
  }
  return sum / order.length;
}
