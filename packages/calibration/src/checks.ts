import { ArgumentError, DataError } from '@earlyexit/core';
import { type CachedLogits, validateCachedLogits } from '@earlyexit/exit-criteria';

/** Cached logits whose labels are known. */
export type LabelledLogits = CachedLogits & { readonly labels: Int32Array };

/**
 * Refuses cached logits that nothing can be calibrated on.
 *
 * @throws ArgumentError if parts do not fit; DataError if there is no sample or a logit is not finite.
 */
export function checkLogits(cached: CachedLogits, where: string): void {
  validateCachedLogits(cached, where);
  if (cached.samples === 0) {
    throw new DataError({ where, rule: 'calibration needs samples', received: 'none' });
  }
  cached.exits.forEach((logits, exit) => {
    checkFinite(logits, cached.classes, `${where}, exit ${exit}`);
  });
}

/**
 * As `checkLogits`, and refuses cached logits without labels.
 *
 * @throws ArgumentError without labels
 */
export function checkLabelled(cached: CachedLogits, where: string): asserts cached is LabelledLogits {
  checkLogits(cached, where);
  if (cached.labels !== null) return;
  throw new ArgumentError({
    where,
    rule: 'the true classes of the samples are needed',
    received: 'labels: null',
    remedy: 'Cache the logits of a labelled split',
  });
}

/**
 * Refuses logits if any is NaN or infinite, and says where.
 *
 * @throws DataError for the first such logit
 */
export function checkFinite(logits: Float32Array | Float64Array, classes: number, where: string): void {
  const bad = logits.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new DataError({
    where,
    rule: 'logits are finite numbers',
    received: `${logits[bad]!} for sample ${Math.floor(bad / classes)}, class ${bad % classes}`,
    remedy: 'A network that gives such values has diverged: train it again with a smaller learning rate',
  });
}

/**
 * Refuses costs that do not fit `exits` exits (the final one included) or that decrease from one exit to the next.
 *
 * @throws ArgumentError
 */
export function checkExitMacs(exitMacs: readonly number[], exits: number, where: string): void {
  if (exitMacs.length !== exits) {
    throw new ArgumentError({
      where: `${where}: exitMacs`,
      rule: `there is one cost per exit, the final one included, so ${exits} here`,
      received: String(exitMacs.length),
    });
  }
  exitMacs.forEach((macs, exit) => {
    if (Number.isFinite(macs) && macs >= 0 && macs >= (exitMacs[exit - 1] ?? 0)) return;
    throw new ArgumentError({
      where: `${where}: exitMacs`,
      rule: 'costs are cumulative: finite, not negative, and never smaller than at the exit before',
      received: exitMacs.join(', '),
    });
  });
}

/**
 * Refuses logits without exactly one row per label, and empty ones.
 *
 * @throws ArgumentError
 */
export function checkRows(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  where: string,
): void {
  if (logits.length === labels.length * classes && labels.length > 0) return;
  throw new ArgumentError({
    where,
    rule: 'there is one row of logits per label, and at least one',
    received: `${logits.length} logits, ${classes} classes and ${labels.length} labels`,
  });
}

/**
 * Refuses what does not lie strictly between 0 and 1.
 *
 * @throws ArgumentError
 */
export function checkProbability(value: number, name: string, argument: string): void {
  if (value > 0 && value < 1) return;
  throw new ArgumentError({
    function: name,
    argument,
    rule: 'a number between 0 and 1',
    received: String(value),
    remedy: 'Two percent is 0.02',
  });
}
