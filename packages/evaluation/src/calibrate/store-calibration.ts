import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type FittedOn,
  foldLogitScaling,
  type MultiExitModel,
  withMetadata,
  withPolicy,
} from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { DataError } from '@earlyexit/core';
import { readWholeFile, refuseLargeJson } from '@earlyexit/core/node';
import { type ExpectedOutcome, UNKNOWN_SPLIT } from '@earlyexit/exit-criteria';
import { INTERVAL_CONFIDENCE } from '../evaluate/evaluation-intervals';
import type { Calibration } from './calibrate-model';

/** Options of `storeCalibration`. */
export interface StoreOptions {
  /** The result of `modelStamp` when the network was loaded: nothing is stored over a model that has changed since. */
  readonly stamp?: string | undefined;
  /** The split that was calibrated on, as `calibrationLogits` names it, so that later promises on it are noticed. */
  readonly split?: string | undefined;
}

/** The part of a calibration that is stored. */
export type StoredCalibration = Pick<Calibration, 'policy' | 'promise' | 'fits' | 'fittedSamples'> &
  Partial<Pick<Calibration, 'reject' | 'made' | 'expected'>>;

/**
 * A stamp of a saved model's current state: it changes if the model is saved with other weights or metadata.
 *
 * @param directory the folder with `model.json`
 * @throws DataError if there is no `model.json`
 */
export async function modelStamp(directory: string): Promise<string> {
  const bytes = await readWholeFile(join(directory, 'model.json'), { size: refuseLargeJson });
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Stores what calibration found in a saved model: the policy, what it promises and on which samples in its metadata;
 * vector scaling in the classifiers' weights, so that every session and export has it. Use `lockFolder` to keep others
 * out of the folder.
 *
 * @param directory the folder with `model.json`
 * @returns the network as it was stored
 * @throws DataError if the model has changed since it was loaded; ArgumentError if vector scaling cannot be built into
 *   the network; EnvironmentError if it cannot be written
 */
export async function storeCalibration(
  model: MultiExitModel,
  directory: string,
  { policy, promise, reject = null, expected = null, made = [], fits, fittedSamples }: StoredCalibration,
  { stamp, split = UNKNOWN_SPLIT }: StoreOptions = {},
): Promise<MultiExitModel> {
  if (stamp !== undefined && (await modelStamp(directory)) !== stamp) {
    throw new DataError({
      where: directory,
      rule: 'the model is as it was when it was loaded',
      received: 'another one: it was saved again in the meantime',
      remedy: 'Calibrate again',
    });
  }
  const vectors = fits.flatMap(({ vector }) => (vector === null ? [] : [vector]));
  if (vectors.length > 0) foldLogitScaling(model, vectors);
  const decided = withPolicy(model, { ...policy, promise, expected: outcomeOf(expected), reject });
  const { fittedOn = [] } = decided.metadata;
  // The next calibration replaces thresholds and temperatures, but what is built into the weights stays, and so do
  // promises.
  const records: FittedOn[] = [
    ...(vectors.length > 0 ? [{ what: 'vector', fingerprint: split, samples: fittedSamples } as const] : []),
    ...made
      .filter(
        ({ statement }) =>
          !fittedOn.some((each) => each.fingerprint === split && each.statement === statement),
      )
      .map(
        ({ delta, statement, samples }) =>
          ({ what: 'promise', fingerprint: split, samples, delta, statement }) as const,
      ),
  ];
  const calibrated =
    records.length === 0 ? decided : withMetadata(decided, { fittedOn: [...fittedOn, ...records] });
  await saveModel(calibrated, directory);
  return calibrated;
}

/** The part of what is expected on new samples that is stored with the policy. */
function outcomeOf(expected: Calibration['expected']): ExpectedOutcome | null {
  if (expected === null) return null;
  const { accuracyDrop, macsRatio, samples, folds } = expected;
  return { confidence: INTERVAL_CONFIDENCE, accuracyDrop, macsRatio, samples, folds };
}
