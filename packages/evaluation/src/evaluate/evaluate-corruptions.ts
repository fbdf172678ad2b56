import { computeLogits, type MultiExitModel } from '@earlyexit/branch-head';
import { referenceAnswers, type WatchedStream, watchStream } from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import { type Corruption, corruptImages, corruptionLabel, type Split } from '@earlyexit/datasets';
import { type CachedLogits, costsOf, type ExitPolicy, simulate } from '@earlyexit/exit-criteria';
import { preprocess, type Preprocessing } from '@earlyexit/inference';
import { evaluatePolicy } from './evaluate-policy';
import type { EvaluationDocument, EvaluationOrigin } from './evaluation-document';

/** An evaluation, and whether the shift monitor notices what was done to the images. */
export type WatchedEvaluation = EvaluationDocument & { readonly shift: WatchedStream };

/** The evaluation of a policy on corrupted test images. */
export type CorruptedEvaluation = WatchedEvaluation & { readonly corruption: Corruption };

/** Options of `evaluateCorruptions`. */
export interface CorruptionOptions extends WorkOptions {
  readonly policy: ExitPolicy;
  readonly corruptions: readonly Corruption[];
  /** The logits of the calibration split, which the monitor compares with. */
  readonly calibration: CachedLogits;
  /** The logits of the unchanged test split. */
  readonly test: CachedLogits;
  /** The images of the test split. */
  readonly images: Pick<Split, 'size' | 'labels' | 'imageShape' | 'bytes'>;
  /** How the images become inputs; the network's own unless given. */
  readonly preprocessing?: Preprocessing | undefined;
  /** The seed of the noise and of the orders in which the monitor sees the images; 0 unless given. */
  readonly seed?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly about: EvaluationOrigin;
}

/**
 * Evaluates a policy on the test images as they are, and corrupted in several ways.
 *
 * @throws DataError if there are too few calibration samples to tell a shift from chance; what `corruptImages` and
 *   `computeLogits` throw
 */
export async function evaluateCorruptions(
  model: MultiExitModel,
  options: CorruptionOptions,
): Promise<{ readonly clean: WatchedEvaluation; readonly corrupted: readonly CorruptedEvaluation[] }> {
  const { policy, corruptions, calibration, test, about, seed = 0 } = options;
  const reference = referenceAnswers(calibration, policy);
  const evaluate = (cached: CachedLogits): WatchedEvaluation => ({
    ...evaluatePolicy(cached, policy, costsOf(model.metadata), about),
    shift: watchStream(reference, simulate(cached, policy), {
      exits: cached.exits.length,
      classes: cached.classes,
      seed,
    }),
  });
  const clean = evaluate(test);
  const corrupted: CorruptedEvaluation[] = [];
  for (const corruption of corruptions) {
    corrupted.push({ ...evaluate(await corruptedLogits(model, corruption, options)), corruption });
  }
  return { clean, corrupted };
}

async function corruptedLogits(
  model: MultiExitModel,
  corruption: Corruption,
  options: CorruptionOptions,
): Promise<CachedLogits> {
  const { images, batchSize, signal, onProgress, seed = 0 } = options;
  const { size, labels, imageShape } = images;
  const preprocessing = options.preprocessing ?? model.metadata.preprocessing;
  if (preprocessing === null) {
    throw new ArgumentError({
      function: 'evaluateCorruptions',
      argument: 'preprocessing',
      rule: 'spoilt images have to become inputs, and the network does not say how',
      remedy: 'Give the preprocessing of the training',
    });
  }
  const what = `running ${String(size)} test images with ${corruptionLabel(corruption)}`;
  return computeLogits(
    model,
    {
      size,
      labels,
      imageShape,
      async load(rows) {
        const spoilt = corruptImages(await images.bytes(rows), imageShape, corruption, { rows, seed });
        return preprocess(spoilt, preprocessing);
      },
    },
    {
      ...(batchSize === undefined ? {} : { batchSize }),
      ...(signal === undefined ? {} : { signal }),
      onProgress: (done, total) => onProgress?.({ what, done, total, unit: 'samples' }),
    },
  );
}
