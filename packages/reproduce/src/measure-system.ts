import { computeLogits, keepExits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import { type StageGain, stageGains } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import { evaluatePolicy } from '@earlyexit/evaluation';
import {
  type CachedLogits,
  costsOf,
  type ExitPolicy,
  summarizeExits,
  trunkCostsOf,
} from '@earlyexit/exit-criteria';
import { choosePolicy } from './choose-policy';
import { firstSamples } from './first-samples';
import { frontierCurve } from './frontier-curve';
import type { RecipeSystem } from './recipe';
import type { SystemResult } from './result';
import type { TrainedSystem } from './train-system';

/**
 * Chooses the thresholds of a trained system and says what it does on the test split.
 *
 * @param options.fromTest chooses on the test split, as some papers do
 * @param options.most looks at the first so many test and calibration samples alone
 */
export async function measureSystem(
  system: RecipeSystem,
  { network, data, training }: TrainedSystem,
  {
    engine,
    fromTest,
    most = Infinity,
    ...work
  }: WorkOptions & { readonly engine: string; readonly fromTest: boolean; readonly most?: number },
): Promise<SystemResult> {
  const { splits, settings } = data;
  const gains = await admit(system, network, splits.train, work);
  const admitted = gains === null ? network : keepExits(network, admittedOf(gains));
  const { metadata } = admitted;
  const costs = costsOf(metadata);
  const run = (samples: SampleSource, what: string): Promise<CachedLogits> =>
    logitsOf(admitted, firstSamples(samples, most), what, work);
  const test = await run(splits.test, 'running test images');
  const chosenOn = fromTest ? test : await run(splits.calibration, 'running calibration images');
  const { policy, frontier } = choosePolicy(system, chosenOn, costs);
  const names = metadata.exits.map(({ name }) => name);
  const trunk = summarizeExits(test, policy, trunkCostsOf(metadata));
  const { train, validation, calibration } = splits;
  return {
    ...{ name: system.name, about: system.about, network: system.network, training },
    samples: {
      train: train.size,
      validation: validation.size,
      calibration: Math.min(most, calibration.size),
      test: test.samples,
    },
    thresholdsFrom: 'thresholds' in system.aim ? 'recipe' : fromTest ? 'test' : 'calibration',
    test: evaluatePolicy(test, policy, costs, {
      ...{ model: system.network, dataset: settings.dataset, split: 'test', engine },
      exitNames: names,
    }),
    trunkOnly: { averageMacs: trunk.averageMacs!, macsRatio: trunk.macsRatio! },
    curve: frontierCurve(test, policy, frontier, costs),
    gains,
  };
}

/** Which stages pay, counted on the training samples as the paper does; null where that is not asked. */
async function admit(
  { admitGain, criterion, aim }: RecipeSystem,
  network: MultiExitModel,
  samples: SampleSource,
  work: WorkOptions,
): Promise<StageGain[] | null> {
  if (admitGain === undefined) return null;
  const cached = await logitsOf(network, samples, 'counting which stages pay', work);
  const early = network.metadata.exits.length - 1;
  // Before any threshold is chosen: a target of 0 and 1 is decided halfway.
  const thresholds: ExitPolicy['thresholds'] =
    'thresholds' in aim ? aim.thresholds : Array.from({ length: early }, () => 0.5);
  return stageGains(cached, { criterion, thresholds }, network.metadata.exits, admitGain * cached.samples);
}

function admittedOf(gains: readonly StageGain[]): number[] {
  return gains.filter(({ admitted }) => admitted).map(({ exit }) => exit);
}

function logitsOf(
  network: MultiExitModel,
  samples: SampleSource,
  what: string,
  { signal, onProgress }: WorkOptions,
): Promise<CachedLogits> {
  return computeLogits(network, samples, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => onProgress?.({ what, done, total, unit: 'samples' }),
  });
}
