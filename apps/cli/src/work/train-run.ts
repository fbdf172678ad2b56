import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError, DataError } from '@earlyexit/core';
import type { Invocation } from '../command-definition';
import { exitCode } from '../exit-code';
import { count, duration, percent, plural, shortMacs, shortNumber } from '../terminal/format';
import { parseOptions } from '../options/parse-options';
import { renameSpellings, type TrainOptions, trainOptionsSchema } from '../options/train-options';
import { version } from '../version';
import { buildNetwork } from './build-network';
import { cascadeGains, describeGains } from './cascade-gains';
import { chooseWorkers } from './choose-workers';
import { readConfigFile } from './config-file';
import { openData, resolveDataSettings } from './open-data';
import { readRunConfig, type RunConfig } from '@earlyexit/runs';
import { showing } from '../terminal/show-work';
import { startEngine } from './start-engine';
import { observeTraining } from './observe-training';
import { describeAccuracy } from './show-training';
import { makeRecipe, type TrainingRecipe } from './training-recipe';

/** `earlyexit train`: trains a network and writes a run folder. */
export async function trainRun(invocation: Invocation): Promise<number> {
  const { options: given, output, signal } = invocation;
  const started = performance.now();
  const { options, remembered } = await collectOptions(given);
  const { model: name, dryRun = false, resume = false, seed = 0 } = options;
  if (name === undefined) {
    throw new ArgumentError({
      where: '--model',
      rule: 'the network to train must be named',
      remedy: 'earlyexit models lists them',
    });
  }
  const { getModelEntry, listModels } = await import('@earlyexit/model-zoo');
  const entry = await namedEntry(
    name,
    listModels().map((each) => each.name),
    getModelEntry,
  );
  const runDirectory = options.out ?? join('runs', name);
  const settings = await resolveDataSettings(
    { ...options, dataset: options.dataset ?? entry.defaultDataset ?? undefined, seed },
    remembered?.data ?? null,
  );
  const data = {
    ...settings,
    validation: options.validation ?? settings.validation,
    calibration: options.calibration ?? settings.calibration,
  };
  const workers = await chooseWorkers(options);
  const engine = await startEngine({ ...options, engine: workers.engine, training: name }, output);
  await checkAgainstExits(options, name);
  if (!resume && !dryRun) await refuseFullFolder(runDirectory);
  const { encodeSplits, fingerprintKeys, readRecordedSplits, SPLITS_FILE } = await import('@earlyexit/runs');
  const recorded = resume ? await readRecordedSplits(runDirectory) : null;
  const { source, splits } = await openData(
    {
      ...data,
      download: options.download,
      imageShape: entry.inputShape,
      limit: options.limit,
      augment: options.augment ?? true,
      recorded,
    },
    output,
    signal,
  );
  const model = await buildNetwork({ name, exits: options.exits, source, seed });
  const recipe = await makeRecipe(options, model.metadata.exits);
  if (given['earlyexit_thresholds'] !== undefined && options.criterion === undefined) {
    output.note(
      'thresholds are compared with max-probability; the original example’s rule is --criterion cross-entropy-oracle',
    );
  }

  const plan = describePlan(model.metadata, recipe, {
    dataset: data.dataset,
    workers: workers.count,
    samples: splits.train.size,
    validation: splits.validation.size,
  });
  if (dryRun) {
    const steps = recipe.epochs * Math.ceil(splits.train.size / recipe.batchSize);
    output.text(...plan, `dry run: nothing was trained, ${runDirectory} was not touched`);
    output.json({
      model: name,
      dataset: data.dataset,
      engine: engine.name,
      workers: workers.count,
      run: runDirectory,
      epochs: recipe.epochs,
      batchSize: recipe.batchSize,
      steps,
      splits: {
        train: splits.train.size,
        validation: splits.validation.size,
        calibration: splits.calibration.size,
        test: splits.test.size,
      },
      staticMacs: model.metadata.staticMacs,
      exits: model.metadata.exits,
    });
    return exitCode.done;
  }
  for (const line of plan) output.note(line);

  const config: RunConfig = {
    format: 'earlyexit-run',
    formatVersion: 1,
    earlyexit: version,
    engine: { name: engine.name, version: engine.version },
    data,
    options: optionsToRepeat(
      options.workers === undefined ? options : { ...options, workers: workers.count },
      name,
      data,
    ),
  };
  const { recordSplits } = await import('@earlyexit/datasets');
  const record = recorded ?? (await showing(output, signal, (work) => recordSplits(splits, work)));
  const { withMetadata } = await import('@earlyexit/branch-head');
  const roles = ['train', 'validation', 'calibration', 'test'] as const;
  const trained = withMetadata(model, {
    data: {
      dataset: data.dataset,
      seed: data.seed,
      sizes: Object.fromEntries(roles.map((role) => [role, record[role].keys.length])),
      fingerprints: Object.fromEntries(roles.map((role) => [role, fingerprintKeys(record[role].keys)])),
    },
  });
  const { train } = await import('@earlyexit/trainer');
  const observers = await observeTraining(options, invocation, {
    title: `${name} on ${data.dataset}`,
    metadata: model.metadata,
    runDirectory,
    config,
  });
  const result = await train({
    model: trained,
    train: splits.train,
    validation: splits.validation.size > 0 ? splits.validation : null,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    optimizer: recipe.optimizer,
    schedule: recipe.schedule,
    regime: recipe.regime,
    labelSmoothing: recipe.labelSmoothing,
    seed: recipe.seed,
    workers: workers.count,
    ...(recipe.lossWeights === null ? {} : { lossWeights: recipe.lossWeights }),
    ...(recipe.policy === null ? {} : { policy: recipe.policy }),
    ...(recipe.averageDecay === null ? {} : { averageDecay: recipe.averageDecay }),
    ...(recipe.patience === null ? {} : { earlyStopping: { patience: recipe.patience } }),
    runDirectory,
    resume,
    ...(options.keep === undefined ? {} : { keepCheckpoints: options.keep }),
    ...(options.checkpointEvery === undefined ? {} : { checkpointEvery: options.checkpointEvery }),
    config: { ...config },
    ...(recorded === null ? { files: { [SPLITS_FILE]: await encodeSplits(record) } } : {}),
    signal,
    onEvent: observers.onEvent,
  }).finally(() => observers.close());
  const gains =
    options.regime === 'cascade' && recipe.policy !== null && !result.interrupted
      ? await cascadeGains(model, splits.train, recipe.policy, { output, signal })
      : null;
  const seconds = (performance.now() - started) / 1000;
  output.json({
    run: runDirectory,
    model: name,
    dataset: data.dataset,
    engine: engine.name,
    workers: workers.count,
    epochs: result.epochs,
    bestEpoch: result.bestEpoch,
    step: result.step,
    interrupted: result.interrupted,
    stoppedEarly: result.stoppedEarly,
    alreadyFinished: result.alreadyFinished,
    ...(gains === null ? {} : { gains }),
    seconds,
  });
  if (result.interrupted) {
    output.note(
      `saved after step ${count(result.step)}; go on with: earlyexit train --resume --out ${runDirectory}`,
    );
    return exitCode.interrupted;
  }
  const best = result.epochs.find(({ epoch }) => epoch === result.bestEpoch);
  output.text(
    result.alreadyFinished
      ? `${runDirectory} is finished: ${plural(result.epochs.length, 'epoch')} were done before, nothing is left to do`
      : `trained ${name} on ${data.dataset}: ${plural(result.epochs.length, 'epoch')}${result.stoppedEarly ? ' (stopped early)' : ''} in ${duration(seconds)}`,
    ...(best === undefined
      ? []
      : [`best epoch ${String(best.epoch)}: ${describeAccuracy(model.metadata, best)}`]),
    ...(gains === null ? [] : describeGains(model, gains)),
    `saved in ${runDirectory}; next: earlyexit calibrate ${runDirectory}`,
  );
  return exitCode.done;
}

/** The options that hold: flags, then the configuration file, then what the run to be resumed remembers. */
async function collectOptions(
  given: Invocation['options'],
): Promise<{ options: TrainOptions; remembered: RunConfig | null }> {
  const { config: configFile, ...rest } = renameSpellings(given);
  // `--no-x` options of commander read true when they were not given.
  const flags = Object.fromEntries(
    Object.entries(rest).filter(
      ([key, value]) => !((key === 'download' || key === 'augment') && value === true),
    ),
  );
  // Flags are checked by themselves first, so that a wrong one is named before a file is read.
  parseOptions(trainOptionsSchema, flags);
  const fromFile = typeof configFile === 'string' ? await readConfigFile(configFile) : {};
  const named = { ...fromFile, ...flags };
  const out = parseOptions(trainOptionsSchema, named).out;
  if (named['resume'] !== true) return { options: parseOptions(trainOptionsSchema, named), remembered: null };
  if (out === undefined && named['model'] === undefined) {
    throw new ArgumentError({
      where: '--resume',
      rule: 'the run to go on with must be named',
      remedy: 'Add --out with its folder',
    });
  }
  const remembered = await readRunConfig(out ?? join('runs', String(named['model'])));
  // What `auto` would take may have changed since; another engine would not go on with the same numbers.
  const before = remembered === null ? {} : { ...remembered.options, engine: remembered.engine.name };
  return { options: parseOptions(trainOptionsSchema, { ...before, ...named }), remembered };
}

async function namedEntry<Entry>(
  name: string,
  names: readonly string[],
  get: (name: string) => Entry,
): Promise<Entry> {
  if (names.includes(name)) return get(name);
  const { nearestNames } = await import('@earlyexit/core');
  const near = nearestNames(name, names);
  throw new ArgumentError({
    where: '--model',
    rule: 'it is the name of a network',
    received: name,
    remedy: near.length > 0 ? `Did you mean ${near.join(' or ')}` : 'earlyexit models lists the names',
  });
}

/** Tries the options that speak of exits on the network as published, before anything slow begins. */
async function checkAgainstExits(options: TrainOptions, name: string): Promise<void> {
  const { exits, lossweights, earlyexit } = options;
  if (exits === undefined && lossweights === undefined && earlyexit === undefined) return;
  const { model, metadata } = await buildNetwork({ name, exits, seed: 0 });
  model.dispose();
  await makeRecipe(options, metadata.exits);
}

/** Looks before the slow work begins; the trainer looks again when it opens the folder. */
async function refuseFullFolder(path: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code !== 'ENOTDIR') throw error;
    throw new DataError({
      where: path,
      rule: 'the run folder is a folder',
      received: 'a file',
      remedy: 'Name another place with --out',
    });
  }
  if (names.length === 0) return;
  throw new DataError({
    where: path,
    rule: 'the run folder must be empty or not exist yet',
    received: `a folder with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
    remedy: 'Go on with it by --resume, or name another place with --out',
  });
}

function optionsToRepeat(
  options: TrainOptions,
  model: string,
  data: RunConfig['data'],
): Record<string, unknown> {
  const { resume: _resume, dryRun: _dryRun, out: _out, watch: _watch, ...rest } = options;
  return {
    ...rest,
    model,
    dataset: data.dataset,
    ...(data.dataDir === null ? {} : { dataDir: resolve(data.dataDir) }),
  };
}

/** Enough to see whether the folders were taken for what they are. */
const CLASSES_SHOWN = 10;

function describePlan(
  { name, exits, staticMacs, lossWeights, classes }: MultiExitMetadata,
  recipe: TrainingRecipe,
  data: { dataset: string; workers: number; samples: number; validation: number },
): string[] {
  const weights = recipe.lossWeights ?? lossWeights ?? exits.map(() => 1 / exits.length);
  return [
    `${name} on ${data.dataset}: ${count(data.samples)} training and ${count(data.validation)} validation samples, ${plural(recipe.epochs, 'epoch')}`,
    `${String(classes.length)} classes: ${classes.slice(0, CLASSES_SHOWN).join(', ')}${classes.length > CLASSES_SHOWN ? ', …' : ''}`,
    `${recipe.description}${data.workers === 1 ? '' : `, each shared by ${String(data.workers)} workers`}`,
    ...exits.map(
      (exit, index) =>
        `  ${exit.name}: ${exit.attachedAfter === null ? 'the end' : `after ${exit.attachedAfter}`}, ${shortMacs(exit.macs)} MACs (${percent(exit.macs / staticMacs, 1)} of the plain network), loss weight ${String(Number(weights[index]?.toFixed(4)))}`,
    ),
    // Backward passes compute two gradients for each forward product.
    `cost: about ${shortNumber((exits.at(-1)?.macs ?? 0) * 3 * data.samples * recipe.epochs)} MACs of training`,
  ];
}
