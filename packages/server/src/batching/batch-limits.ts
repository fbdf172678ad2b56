import { ArgumentError } from '@earlyexit/core';

/** How much is computed together, and how much may wait for it. */
export interface BatchLimits {
  /** The most images that are computed together; 32 unless given. */
  readonly maxBatch?: number | undefined;
  /** The longest that an image waits for others while nothing is computed, in milliseconds; 5 unless given, 0 for never. */
  readonly maxDelayMs?: number | undefined;
  /** The most images that wait for their run, for each model; 256 unless given. */
  readonly queue?: number | undefined;
}

const defaults = { maxBatch: 32, maxDelayMs: 5, queue: 256 };

/**
 * The limits with their defaults.
 *
 * @throws ArgumentError for one that is none
 */
export function checkBatchLimits(limits: BatchLimits): Required<{ [Key in keyof BatchLimits]: number }> {
  const { maxBatch = defaults.maxBatch, maxDelayMs = defaults.maxDelayMs } = limits;
  const { queue = Math.max(defaults.queue, maxBatch) } = limits;
  for (const [argument, value] of Object.entries({ maxBatch, queue })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new ArgumentError({
      ...{ function: 'createServer', argument },
      rule: 'it is a whole number of at least 1',
      received: String(value),
    });
  }
  if (!(maxDelayMs >= 0 && maxDelayMs <= 10_000)) {
    throw new ArgumentError({
      ...{ function: 'createServer', argument: 'maxDelayMs' },
      rule: 'it is a number of milliseconds from 0 to 10000',
      received: String(maxDelayMs),
    });
  }
  if (queue < maxBatch) {
    throw new ArgumentError({
      ...{ function: 'createServer', argument: 'queue' },
      rule: (called) =>
        `as many images may wait as are computed together, ${called('maxBatch')} of ${maxBatch}`,
      received: String(queue),
    });
  }
  return { maxBatch, maxDelayMs, queue };
}
