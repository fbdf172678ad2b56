import type { MultiExitModel } from '@earlyexit/branch-head';
import { DEFAULT_AIM } from '@earlyexit/calibration';
import { lockFolder } from '@earlyexit/core/node';
import {
  type Calibration,
  type CalibrationDocument,
  calibrationDocument,
  type CalibrationGoal,
  calibrateModel,
  checkGoal,
  modelStamp,
  requirePromiseSize,
  storeCalibration,
} from '@earlyexit/evaluation';
import { checkThresholds, DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import type { ModelPlace } from '../find-model';
import { loadRun } from '../open-run';
import { type CalibrateRunOptions, runCalibration } from './run-calibration';

/** A calibration that is stored. */
export interface CalibratedRun {
  /** The network as it was stored. */
  readonly model: MultiExitModel;
  readonly calibration: Calibration;
  readonly document: CalibrationDocument;
}

/**
 * Calibrates a trained network on its calibration split and stores the policy in its model: `loadRun`, `openCalibration`,
 * `calibrateModel` and `storeCalibration`, with the folder locked meanwhile. An engine of TensorFlow.js has to be
 * running.
 *
 * @param place from `requireModel`
 * @throws DataError if somebody else is at work in the folder, or the split is too small for a promise; ArgumentError for
 *   a goal that does not fit the network; what these functions throw
 */
export async function calibrateRun(
  place: ModelPlace,
  goal: Omit<CalibrationGoal, 'seed'>,
  options: CalibrateRunOptions,
): Promise<CalibratedRun> {
  const { directory, runDirectory } = place;
  // Nobody else stores in the meantime: a training would, at its next epoch.
  const free = lockFolder(runDirectory ?? directory, 'a calibration');
  try {
    const stamp = await modelStamp(directory);
    const run = await loadRun(place);
    const { metadata } = run.model;
    const { aim = DEFAULT_AIM, criterion = DEFAULT_CRITERION } = goal;
    checkGoal(goal, metadata);
    if ('thresholds' in aim) checkThresholds(metadata.exits, criterion, aim.thresholds);
    const promise = 'risk' in aim || 'joint' in aim || goal.reject !== undefined;
    const { logits, origin, seed } = await runCalibration(run, { ...options, promise }, ({ size }) => {
      requirePromiseSize(goal, size);
    });
    const calibration = calibrateModel(run.model, logits, { ...goal, seed }, options);
    const { split } = logits.origin;
    const model = await storeCalibration(run.model, directory, calibration, { stamp, split });
    return { model, calibration, document: calibrationDocument(model, calibration, origin) };
  } finally {
    free();
  }
}
