import type { PromiseMetadata } from '@earlyexit/branch-head';
import type { RiskAim } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import { lockFolder } from '@earlyexit/core/node';
import {
  modelStamp,
  type ModelRecalibration,
  recalibrateModel,
  storeCalibration,
} from '@earlyexit/evaluation';
import { type CriterionName, type ThresholdJson, thresholdToJson } from '@earlyexit/exit-criteria';
import type { ModelPlace } from '../find-model';
import { fingerprintModel } from '../fingerprint';
import { readLogits } from '../logits-cache';
import { loadRun } from '../open-run';

/** A promise made anew, in plain JSON. */
export interface RecalibrationDocument {
  /** The network's name. */
  readonly model: string;
  readonly split: string;
  readonly samples: number;
  readonly fittedSamples: number;
  readonly thresholdSamples: number;
  readonly criterion: CriterionName;
  readonly thresholds: readonly ThresholdJson[];
  readonly temperatures: readonly number[];
  readonly promise: PromiseMetadata;
  /** The folder of the model. */
  readonly saved: string;
}

/**
 * Makes a promise anew on logits that a service kept (`recalibrateModel`) and stores it, with the folder locked
 * meanwhile. An engine of TensorFlow.js has to be running.
 *
 * @param kept a file as `writeLogits` makes it
 * @throws DataError if somebody else is at work in the folder, or the logits are those of other weights; what
 *   `recalibrateModel` throws
 */
export async function recalibrateRun(
  place: ModelPlace,
  kept: string,
  options: { readonly aim?: RiskAim | undefined; readonly seed?: number | undefined } & WorkOptions = {},
): Promise<{ readonly found: ModelRecalibration; readonly document: RecalibrationDocument }> {
  const { directory, runDirectory } = place;
  const free = lockFolder(runDirectory ?? directory, 'a calibration');
  try {
    const stamp = await modelStamp(directory);
    const { model } = await loadRun(place);
    const file = await readLogits(kept, { model: await fingerprintModel(model) });
    const found = recalibrateModel(model, file, options, options);
    const { split } = file.origin;
    await storeCalibration(model, directory, found, { stamp, split });
    const { policy, promise, fittedSamples } = found;
    const document = {
      ...{ model: model.metadata.name, split, samples: file.cached.samples, fittedSamples },
      ...{ thresholdSamples: promise.samples, criterion: policy.criterion },
      thresholds: policy.thresholds.map(thresholdToJson),
      ...{ temperatures: policy.temperatures, promise, saved: directory },
    };
    return { found, document };
  } finally {
    free();
  }
}
