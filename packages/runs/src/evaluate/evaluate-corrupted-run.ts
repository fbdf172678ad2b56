import type { WorkOptions } from '@earlyexit/core';
import type { Corruption } from '@earlyexit/datasets';
import { type CorruptedEvaluation, evaluateCorruptions, type WatchedEvaluation } from '@earlyexit/evaluation';
import { type AskedEvaluation, policyToEvaluate } from './evaluate-run';
import type { OpenedEvaluation } from './open-evaluation';

/**
 * Evaluates a trained network on its test images as they are and spoilt, and says how soon a monitor notices
 * (`evaluateCorruptions`).
 *
 * @throws what `evaluateRun` and `evaluateCorruptions` throw
 */
export async function evaluateCorruptedRun(
  opened: OpenedEvaluation,
  { corruptions, ...asked }: AskedEvaluation & { readonly corruptions: readonly Corruption[] },
  work: WorkOptions = {},
): Promise<{ readonly clean: WatchedEvaluation; readonly corrupted: readonly CorruptedEvaluation[] }> {
  const { model, data, about, batchSize } = opened;
  const { mean, standardDeviation } = data.source;
  const { test: images } = data.splits;
  const policy = await policyToEvaluate(opened, asked, work);
  return evaluateCorruptions(model, {
    ...work,
    ...{ policy, corruptions, batchSize, images, about },
    calibration: await opened.logits('calibration', work),
    test: await opened.logits('test', work),
    preprocessing: model.metadata.preprocessing ?? {
      inputShape: images.imageShape,
      mean,
      standardDeviation,
    },
    seed: data.settings.seed,
  });
}
