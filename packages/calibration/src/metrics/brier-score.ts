import { softmax } from '@earlyexit/exit-criteria';
import { checkRows } from '../checks';

/**
 * Brier score: the mean over the samples of Σ (p_c − [c is the true class])², from 0 (sure and right) to 2 (sure and
 * wrong). It is a proper score: unlike the calibration error it cannot be lowered by answering vaguely.
 *
 * @param logits `[samples, classes]`, row-major.
 * @throws ArgumentError if the lengths do not fit.
 */
export function brierScore(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  { temperature = 1 }: { readonly temperature?: number } = {},
): number {
  checkRows(logits, labels, classes, 'brierScore');
  const probabilities = softmax(logits, classes, temperature);
  let sum = 0;
  probabilities.forEach((p, i) => {
    const target = labels[Math.floor(i / classes)] === i % classes ? 1 : 0;
    sum += (p - target) ** 2;
  });
  return sum / labels.length;
}
