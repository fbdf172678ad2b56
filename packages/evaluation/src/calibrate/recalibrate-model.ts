import type { MultiExitMetadata, PromiseMetadata } from '@earlyexit/branch-head';
import { recalibrate, type RiskAim } from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import { costsOf, findPolicy, storedPolicy } from '@earlyexit/exit-criteria';
import type { CalibrationLogits } from './calibrate-model';
import { checkCalibrationLogits } from './calibration-notes';
import { promisesBefore, recordOf } from './earlier-promises';
import { promiseOf, refuseAverage } from './make-calibration-promise';
import { refuseFittedSamples } from './refuse-fitted-samples';
import type { StoredCalibration } from './store-calibration';

/** A policy calibrated again on kept logits; `storeCalibration` takes it. */
export interface ModelRecalibration extends StoredCalibration {
  readonly promise: PromiseMetadata;
}

/**
 * Calibrates a network again from logits that a service kept, once a monitor has reported that a promise no longer
 * holds (`recalibrate`): the criterion stays, temperatures and a path of thresholds are fitted on a part of the
 * samples, and the promise is made on the rest.
 *
 * @param kept Logits of all exits for samples drawn at random from those since; with labels if they are known.
 * @param options.aim What to promise; as the network's policy unless given.
 * @param options.seed The seed of the split into parts; 0 unless given.
 * @throws ArgumentError if there is no promise to make again, or one only on average; DataError for logits that are not
 * finite, or too few of them, saying how many are needed, and for samples that the weights were fitted on
 */
export function recalibrateModel(
  {
    metadata,
  }: {
    readonly metadata: Pick<MultiExitMetadata, 'name' | 'exits' | 'staticMacs' | 'policy' | 'fittedOn'>;
  },
  { cached, sampleIds = [], origin }: CalibrationLogits,
  options: { readonly aim?: RiskAim | undefined; readonly seed?: number | undefined } = {},
  { onNote }: WorkOptions = {},
): ModelRecalibration {
  const { seed = 0 } = options;
  const before = storedPolicy(metadata)?.promise ?? null;
  const aim = options.aim ?? (before as RiskAim | null);
  if (aim === null) {
    throw new ArgumentError({
      function: 'recalibrateModel',
      argument: 'risk',
      rule: 'a promise is made again, so the policy has one or it is named',
      received: `${metadata.name}, whose policy promises nothing`,
      remedy: 'Name a risk',
    });
  }
  checkCalibrationLogits(
    cached,
    metadata.exits.map(({ name }) => name),
    sampleIds,
  );
  const { criterion, temperatures } = findPolicy(metadata);
  const { risk, delta, method, loss } = aim;
  if (method === 'crc' || delta === null) {
    throw refuseAverage({
      function: 'recalibrateModel',
      argument: 'method',
      rule: 'a promise is made again with a probability',
      received: 'crc, which keeps it on average',
    });
  }
  const { fittedOn } = metadata;
  refuseFittedSamples(fittedOn, { split: origin?.split, samples: cached.samples, apart: false });
  const found = recalibrate(cached, {
    ...{ risk, method, loss, criterion, temperatures, costs: costsOf(metadata), seed },
    delta,
  });
  const { promise: statement, empiricalRisk } = found.promise;
  const samples = found.promisedSamples;
  const made = recordOf({ delta, samples, statement }, { criterion, how: 'kept logits', seed });
  const { note } = promisesBefore(fittedOn, origin?.split, [made]);
  if (note !== null) onNote?.({ level: 'warning', text: note });
  return {
    policy: found.policy,
    promise: promiseOf({ risk, delta, method, loss }, samples, empiricalRisk, statement),
    made: [made],
    fits: [],
    fittedSamples: found.fittedSamples,
  };
}
