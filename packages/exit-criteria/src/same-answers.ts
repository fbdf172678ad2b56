import { argmaxRows } from './argmax';

/**
 * The share of samples to which two sets of logits give the same class, 0 to 1; 1 without samples.
 *
 * @param left `[samples, classes]`, row-major
 * @param right the same samples in the same order
 */
export function shareOfSameAnswers(
  left: Float32Array | Float64Array,
  right: Float32Array | Float64Array,
  classes: number,
): number {
  const [mine, theirs] = [argmaxRows(left, classes), argmaxRows(right, classes)];
  if (mine.length === 0) return 1;
  return mine.reduce((same, value, row) => same + Number(value === theirs[row]), 0) / mine.length;
}

/**
 * The share of samples to which logits give the class of their label, 0 to 1; NaN without samples.
 *
 * @param logits `[samples, classes]`, row-major
 * @param labels `[samples]`
 */
export function shareOfRightAnswers(logits: Float32Array, labels: Int32Array, classes: number): number {
  const answers = argmaxRows(logits, classes);
  return labels.reduce((right, label, row) => right + Number(answers[row] === label), 0) / labels.length;
}
