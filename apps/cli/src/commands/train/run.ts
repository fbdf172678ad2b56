import { resolve } from 'node:path';
import { computeLogits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import { type StageGain, stageGains } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import type { ExitPolicy } from '@earlyexit/exit-criteria';
import { createModel, getModelEntry } from '@earlyexit/model-zoo';
import {
  type DataSettings,
  describeRun,
  openData,
  readRecordedSplits,
  resolveDataSettings,
} from '@earlyexit/runs';
import {
  chooseWorkers,
  type RecipeSettings,
  requireRunFolder,
  train,
  trainingRecipe,
} from '@earlyexit/trainer';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { showing } from '../../terminal/show-work';
import { version } from '../../version';
import { startEngine } from '../../model/start-engine';
import {
  describeDryRun,
  describeInterruption,
  describePlan,
  describeSkipped,
  describeTrained,
  ORACLE_NOTE,
} from './describe';
import { planDocument, trainedDocument, type TrainingPlan } from './document';
import { followTraining } from './follow-training';
import type { train as declaration } from './options';
import { type GivenSettings, readSettings, type TrainSettings } from './settings';

/** `earlyexit train`: trains a network and writes a run folder. */
export async function run(invocation: Invocation<typeof declaration>): Promise<number> {
  const { output, signal, flags } = invocation;
  const started = performance.now();
  const work = <Result>(action: Parameters<typeof showing<Result>>[2]): Promise<Result> =>
    showing(output, signal, action);
  const { settings, asked, remembered, runDirectory } = await readSettings(invocation);
  const { model: name, exits, seed, resume, dryRun } = settings;
  const { defaultDataset, inputShape } = getModelEntry(name);
  const dataSettings = chooseData(asked, defaultDataset, remembered?.data ?? null);
  const workers = chooseWorkers(settings);
  const { threads } = settings;
  const engine = await startEngine({ engine: workers.engine, threads, training: name }, output);
  const recipeSettings = inWordsOfTheLibrary(settings);
  checkAgainstExits(settings, recipeSettings);
  if (!dryRun) await requireRunFolder(runDirectory, resume);
  const recorded = resume ? await readRecordedSplits(runDirectory) : null;
  const { limit, augment, download, imageSize } = settings;
  const data = await work((shown) =>
    openData({
      ...{ settings: dataSettings, imageShape: inputShape, recorded },
      ...{ imageSize, limit, augment, download, ...shown },
    }),
  );
  const model = createModel(name, { exits, data: data.source, seed });
  const recipe = trainingRecipe(recipeSettings, model.metadata.exits);
  if (flags.has('--earlyexit_thresholds') && asked.criterion === undefined) output.note(ORACLE_NOTE);
  const plan: TrainingPlan = {
    ...{ model: name, metadata: model.metadata, recipe, data, engine: engine.name, runDirectory },
    workers: workers.count,
  };
  if (dryRun) {
    output.text(...describePlan(plan), describeDryRun(plan));
    output.json(planDocument(plan));
    return exitCode.done;
  }
  for (const line of describePlan(plan)) output.note(line);

  const options = optionsToRepeat(asked, { model: name, data: dataSettings, workers: workers.count });
  const described = await work((shown) => describeRun(model, data, { engine, version, options }, shown));
  const followers = await followTraining(invocation, settings, plan, described.config);
  const { keep: keepCheckpoints, checkpointEvery } = settings;
  const result = await train({
    ...recipe,
    ...data.splits,
    ...described,
    validation: data.splits.validation.size > 0 ? data.splits.validation : null,
    ...{ workers: workers.count, runDirectory, resume, keepCheckpoints, signal },
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    onEvent: followers.onEvent,
  }).finally(() => followers.close());
  if (result.interrupted) {
    output.json(trainedDocument(plan, result, null, secondsSince(started)));
    output.note(describeInterruption(plan, result));
    return exitCode.interrupted;
  }
  const policy = settings.regime === 'cascade' ? recipe.policy : undefined;
  const gains =
    policy === undefined
      ? null
      : await work((shown) => cascadeGains(model, data.splits.train, policy, shown));
  const document = trainedDocument(plan, result, gains, secondsSince(started));
  output.json(document);
  output.text(...describeTrained(plan, document));
  for (const line of describeSkipped(data.source)) output.note(line);
  return exitCode.done;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

/** Which data to train on: those that are asked for, of the run that is resumed, or usual for the network. */
function chooseData(
  { dataset, dataDir, seed, skipBroken, validation, calibration }: GivenSettings,
  usual: string | null,
  remembered: DataSettings | null,
): DataSettings {
  const choice = { dataset: dataset ?? usual ?? undefined, dataDir, seed, skipBroken };
  const settings = resolveDataSettings(choice, remembered);
  return {
    ...settings,
    validation: validation ?? settings.validation,
    calibration: calibration ?? settings.calibration,
  };
}

function inWordsOfTheLibrary(settings: TrainSettings['settings']): RecipeSettings {
  const { lr, lossweights, earlyexit, ema, ...others } = settings;
  return {
    ...others,
    learningRate: lr,
    lossWeights: lossweights,
    thresholds: earlyexit,
    averageDecay: ema,
  };
}

/** Checks the options about exits on the network as published, before anything slow begins. */
function checkAgainstExits(
  { model: name, exits, lossweights, earlyexit, regime }: TrainSettings['settings'],
  recipe: RecipeSettings,
): void {
  if (exits ?? lossweights ?? earlyexit ?? (regime === 'cascade' ? regime : undefined)) {
    const { model, metadata } = createModel(name, { exits });
    model.dispose();
    trainingRecipe(recipe, metadata.exits);
  }
}

/** The options that a later `train --config RUN/config.json` or `--resume` reads. */
function optionsToRepeat(
  asked: GivenSettings,
  now: { readonly model: string; readonly data: DataSettings; readonly workers: number },
): Record<string, unknown> {
  const { resume: _resume, dryRun: _dryRun, out: _out, watch: _watch, ...options } = asked;
  const { dataset, dataDir } = now.data;
  return {
    ...options,
    ...(options.workers === undefined ? {} : { workers: now.workers }),
    model: now.model,
    dataset,
    ...(dataDir === null ? {} : { dataDir: resolve(dataDir) }),
  };
}

/** Whether each exit of a cascade pays, by the rule of Conditional Deep Learning, counted on the training samples. */
async function cascadeGains(
  model: MultiExitModel,
  samples: SampleSource,
  policy: ExitPolicy,
  { signal, onProgress }: WorkOptions,
): Promise<StageGain[]> {
  const cached = await computeLogits(model, samples, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) =>
      onProgress?.({ what: 'counting which exits pay', done, total, unit: 'samples' }),
  });
  return stageGains(cached, policy, model.metadata.exits);
}
