import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import {
  checkThresholds,
  DEFAULT_CRITERION,
  findPolicy,
  neverLeave,
  type ResolvedPolicy,
} from '@earlyexit/exit-criteria';
import { createSession } from '@earlyexit/inference/tfjs';
import type { ClassifyingSession } from '../classify/classify-images';
import type { AskedPolicy } from './session-policy';

/** A session of a TensorFlow.js network, and the policy that decides in it. */
export interface DecidedModel extends ClassifyingSession {
  readonly options: ResolvedPolicy;
}

/**
 * Opens a TensorFlow.js network and decides on its policy: what is asked for, otherwise what calibration stored. If
 * none is known, no sample leaves early, and a warning says so.
 *
 * @throws ArgumentError if what is asked for does not fit the network
 */
export function decideModel(
  model: MultiExitModel,
  { criterion, thresholds: asked }: AskedPolicy = {},
  { onNote }: Pick<WorkOptions, 'onNote'> = {},
): DecidedModel {
  const { metadata } = model;
  const stored = metadata.policy?.criterion;
  if (asked !== undefined) checkThresholds(metadata.exits, criterion ?? stored ?? DEFAULT_CRITERION, asked);
  const { thresholds, ...found } = findPolicy(metadata, { criterion, thresholds: asked });
  if (criterion !== undefined && criterion !== stored && asked === undefined) {
    throw new ArgumentError({
      ...{ function: 'decideModel', argument: 'criterion' },
      rule:
        stored === undefined ? 'the model has no thresholds yet' : `the model's thresholds are for ${stored}`,
      received: criterion,
    });
  }
  if (thresholds === null) {
    onNote?.({
      level: 'warning',
      text: 'the model is not calibrated: nobody leaves early. Calibrate it first, or give thresholds',
    });
  }
  const options = thresholds === null ? { ...neverLeave(metadata), promise: null } : { ...found, thresholds };
  return { session: createSession(model), isFixed: false, options };
}
