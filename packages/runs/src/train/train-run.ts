import { computeLogits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import { type StageGain, stageGains } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import type { ExitPolicy } from '@earlyexit/exit-criteria';
import { train, type TrainOptions, type TrainResult } from '@earlyexit/trainer';
import { describeRun, type RunDescription } from '../describe-run';
import { keepAdmitted } from './keep-admitted';
import type { PreparedTraining } from './prepare-training';

/** Options of `trainRun`: what the run folder remembers, and how it is written. */
export interface TrainRunOptions
  extends RunDescription, Pick<TrainOptions, 'workers' | 'keepCheckpoints' | 'checkpointEvery' | 'onEvent'> {
  /**
   * Of a cascade: an exit stays in the saved network only if it saves more than so many multiply-accumulates a training
   * sample, and each before it does (`stageGains`); all stay unless given.
   */
  readonly admitGain?: number | undefined;
  /** Further content of `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What came of a training. */
export interface TrainedRun {
  readonly result: TrainResult;
  /** The network with the weights of its best epoch, if there was none to stop it before. */
  readonly model: MultiExitModel;
  /** Whether each exit of a cascade pays, one per early exit; null for another regime, or an interrupted training. */
  readonly gains: readonly StageGain[] | null;
}

/**
 * Trains what `prepareTraining` has prepared and writes its run folder, which remembers data, engine and options.
 *
 * @param work.signal ends the training after the present step, with a checkpoint
 * @throws what `train` throws; DataError for a damaged image
 */
export async function trainRun(
  { model: network, recipe, data, runDirectory, resume }: PreparedTraining,
  options: TrainRunOptions = {},
  work: WorkOptions = {},
): Promise<TrainedRun> {
  const { engine, version, options: toRepeat, config = {}, admitGain, ...how } = options;
  const described = await describeRun(network, data, { engine, version, options: toRepeat }, work);
  const { model } = described;
  const { signal } = work;
  const result = await train({
    ...recipe,
    ...data.splits,
    ...{ ...how, model, runDirectory, resume },
    config: { ...described.config, ...config },
    validation: data.splits.validation.size > 0 ? data.splits.validation : null,
    ...(signal === undefined ? {} : { signal }),
  });
  const policy = recipe.regime.name === 'cascade' && !result.interrupted ? recipe.policy : undefined;
  if (policy === undefined) return { result, model, gains: null };
  const gains = await cascadeGains(model, data.splits.train, policy, admitGain ?? 0, work);
  if (admitGain === undefined) return { result, model, gains };
  return { result, gains, model: await keepAdmitted(model, gains, runDirectory) };
}

/** Whether each exit of a cascade pays, by the rule of Conditional Deep Learning, counted on the training samples. */
async function cascadeGains(
  model: MultiExitModel,
  samples: SampleSource,
  policy: ExitPolicy,
  least: number,
  { signal, onProgress }: WorkOptions,
): Promise<StageGain[]> {
  const cached = await computeLogits(model, samples, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) =>
      onProgress?.({ what: 'counting which exits pay', done, total, unit: 'samples' }),
  });
  return stageGains(cached, policy, model.metadata.exits, least * cached.samples);
}
