import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { criterionWithoutLabels, DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import type { CalibrationGoal } from './calibration-aim';

/** The metadata of a network that calibration needs. */
export type CalibratedMetadata = Pick<
  MultiExitMetadata,
  'name' | 'exits' | 'classes' | 'staticMacs' | 'fittedOn'
>;

/**
 * Refuses goals whose parts do not belong together, before anything is computed.
 *
 * @throws ArgumentError for such a goal
 */
export function checkGoal(goal: CalibrationGoal, { exits, name }: CalibratedMetadata): void {
  const { aim = {}, criterion = DEFAULT_CRITERION, confidence, candidates, withEarlier, reject } = goal;
  const promises = 'risk' in aim || 'joint' in aim;
  for (const each of [
    criterion,
    ...(candidates ?? []).map((candidate) => candidate.criterion ?? criterion),
  ]) {
    criterionWithoutLabels(each, 'calibrateModel');
  }
  if (promises && exits.length === 1) {
    throw wrong(
      'risk' in aim ? 'risk' : 'joint',
      'a promise is about leaving early',
      `${name}, which has no early exit`,
    );
  }
  if (confidence !== undefined && !('maxAccuracyDrop' in aim)) {
    throw wrong(
      'confidence',
      'it is about the largest accuracy drop; a promise says itself how sure it is',
      String(confidence),
      'Leave it out, or aim for a largest accuracy drop',
    );
  }
  if (candidates !== undefined && (!('risk' in aim) || candidates.length === 0)) {
    throw wrong(
      'candidates',
      'they are ways to make the promise that the aim names, at least one',
      `${String(candidates.length)} candidates, and ${'risk' in aim ? 'a risk' : 'no risk'}`,
    );
  }
  if (withEarlier === true && !promises) {
    throw wrong('withEarlier', 'there is a promise to be made', 'an aim without one', 'Name a risk');
  }
  const rejectRisk = reject?.risk;
  if (rejectRisk !== undefined && !(rejectRisk > 0 && rejectRisk < 1)) {
    throw wrong('reject', 'its risk is a number between 0 and 1', String(rejectRisk));
  }
}

function wrong(argument: string, rule: string, received: string, remedy?: string): ArgumentError {
  return new ArgumentError({
    function: 'calibrateModel',
    argument,
    rule,
    received,
    ...(remedy !== undefined && { remedy }),
  });
}
