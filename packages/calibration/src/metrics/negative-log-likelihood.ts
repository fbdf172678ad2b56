import { logSoftmax } from '@earlyexit/exit-criteria';
import { checkRows } from '../checks';

/**
 * Mean negative log-likelihood of the true classes, in nats: 0 if every sample is right and certain. Like the Brier
 * score it is a proper score, and it is harder on answers that are sure and wrong.
 *
 * @param logits `[samples, classes]`, row-major.
 * @throws ArgumentError if the lengths do not fit.
 */
export function negativeLogLikelihood(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  { temperature = 1 }: { readonly temperature?: number } = {},
): number {
  checkRows(logits, labels, classes, 'negativeLogLikelihood');
  const logP = logSoftmax(logits, classes, temperature);
  return -labels.reduce((sum, label, row) => sum + logP[row * classes + label]!, 0) / labels.length;
}
