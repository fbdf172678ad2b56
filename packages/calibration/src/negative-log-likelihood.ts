import { ArgumentError, logSoftmax } from '@earlyexit/exit-criteria';

/**
 * Mean negative log-likelihood of the true classes, in nats: 0 if every sample is right and certain. Like the Brier
 * score a proper score, and harder on an answer that is sure and wrong.
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
  if (logits.length !== labels.length * classes || labels.length === 0) {
    throw new ArgumentError({
      where: 'negativeLogLikelihood',
      rule: 'there is one row of logits a label, and at least one',
      received: `${logits.length} logits, ${classes} classes and ${labels.length} labels`,
    });
  }
  const logP = logSoftmax(logits, classes, temperature);
  return -labels.reduce((sum, label, row) => sum + logP[row * classes + label]!, 0) / labels.length;
}
