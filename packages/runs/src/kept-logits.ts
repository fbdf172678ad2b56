import { DataError, EarlyExitError } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import { fingerprintModel } from './fingerprint';
import { logitsCachePath, readLogits } from './logits-cache';
import type { Run } from './open-run';

/**
 * The logits of the calibration split that a run folder keeps: what answers are compared with, without the images.
 *
 * @throws DataError if the network lies in no run folder, or none are kept there for its weights
 */
export async function keptLogits({
  model,
  runDirectory,
  path,
}: Pick<Run, 'model' | 'runDirectory' | 'path'>): Promise<CachedLogits> {
  if (runDirectory === null) {
    throw new DataError({
      where: path,
      rule: 'the logits of the calibration images lie in a run folder',
      received: 'a model without its run',
      remedy: 'Give the run folder',
    });
  }
  const file = logitsCachePath(runDirectory);
  try {
    return (await readLogits(file, { model: await fingerprintModel(model) })).cached;
  } catch (cause) {
    if (!EarlyExitError.is(cause)) throw cause;
    throw new DataError({
      where: path,
      rule: 'a run keeps the logits of its calibration images once it was calibrated',
      received: `${file}: ${cause.parts.rule}`,
      remedy: 'Calibrate it first',
      cause,
    });
  }
}
