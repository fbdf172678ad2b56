import type { MultiExitMetadata } from '@earlyexit/branch-head';
import {
  applyFits,
  fitConfidence,
  FITTING_SHARE,
  fittedPath,
  needsFittingPart,
  planCalibration,
  type PlannedSize,
  type RiskAim,
  splitSamples,
} from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import { costsOf, DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import type { CalibrationLogits } from './calibrate-model';
import type { CalibrationGoal } from './calibration-aim';
import { checkCalibrationLogits } from './calibration-notes';

/**
 * What calibration splits of several sizes would buy: how much would leave early under the same promise. The pilot
 * samples stand for all future ones; nothing is stored. The sizes are numbers of samples to promise on, without the
 * part that scaling and thresholds are fitted on.
 *
 * @throws ArgumentError for a network without early exits, or `crc`, which promises an average only; DataError for
 *   logits that are not finite
 */
export function planCalibrationSizes(
  { metadata }: { readonly metadata: Pick<MultiExitMetadata, 'name' | 'exits' | 'staticMacs'> },
  { cached, sampleIds = [] }: CalibrationLogits,
  goal: Pick<CalibrationGoal, 'criterion' | 'scaling' | 'seed'> & { readonly aim: RiskAim },
  work: WorkOptions = {},
): PlannedSize[] {
  const { aim, criterion = DEFAULT_CRITERION, scaling = 'temperature', seed = 0 } = goal;
  const { risk, delta, loss, method } = aim;
  const exitNames = metadata.exits.map(({ name }) => name);
  if (exitNames.length === 1) {
    throw wrong('risk', 'a promise is about leaving early', `${metadata.name}, which has no early exit`);
  }
  if (method === 'crc') throw wrong('method', 'a plan is made for a promise with a probability', method);
  checkCalibrationLogits(cached, exitNames, sampleIds);
  const apart = needsFittingPart(scaling, criterion);
  const [fitted, pilot] = apart ? splitSamples(cached, FITTING_SHARE, seed) : [cached, cached];
  const fits = fitConfidence(fitted, pilot, exitNames, scaling, criterion);
  const temperatures = fits.map(({ temperature }) => temperature);
  const costs = costsOf(metadata);
  const about = { criterion, temperatures, costs, loss, risk };
  return planCalibration(
    applyFits(pilot, fits),
    {
      ...{ ...about, method, seed },
      ...(apart ? { path: fittedPath(applyFits(fitted, fits), about) } : {}),
      ...(delta === null ? {} : { delta }),
    },
    work,
  );
}

function wrong(argument: string, rule: string, received: string): ArgumentError {
  return new ArgumentError({ function: 'planCalibrationSizes', argument, rule, received });
}
