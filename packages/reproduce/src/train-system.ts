import { join } from 'node:path';
import { type MultiExitModel } from '@earlyexit/branch-head';
import { version } from '@earlyexit/core';
import { percent } from '@earlyexit/core/format';
import { kindOfPath } from '@earlyexit/core/node';
import { type Augmentation, horizontalFlip, padAndCrop, randomResizedCrop } from '@earlyexit/datasets';
import { createModel, getModelEntry } from '@earlyexit/model-zoo';
import {
  describeRun,
  openData,
  type OpenedData,
  readRecordedSplits,
  resolveDataSettings,
} from '@earlyexit/runs';
import { combineExits, train, trainingRecipe } from '@earlyexit/trainer';
import type { Recipe, RecipeSystem } from './recipe';
import type { ReproduceOptions } from './reproduce-options';

/** A trained system, and the splits that it was trained with. */
export interface TrainedSystem {
  readonly network: MultiExitModel;
  readonly data: OpenedData;
  readonly training: Recipe['training'];
}

/**
 * Trains a system of a recipe in a run folder of its own, or goes on with it.
 *
 * @returns null if the signal ended it; what was done is in the run folder
 * @throws as `openData` and `train` do
 */
export async function trainSystem(
  recipe: Recipe,
  system: RecipeSystem,
  options: ReproduceOptions & { readonly runDirectory: string },
): Promise<TrainedSystem | null> {
  const { quick = false, seed = 0, resume = false, dataDir, download, engine, runDirectory } = options;
  const { signal, onProgress, onNote } = options;
  const training: Recipe['training'] = { ...recipe.training, ...definedOf(system.training ?? {}) };
  if (quick) training.epochs = recipe.quick.epochs;
  const { lossWeights, ...settings } = training;
  const goesOn = resume && (await kindOfPath(runDirectory)) === 'folder';
  const data = await openData({
    settings: resolveDataSettings({ dataset: recipe.dataset, dataDir, seed }, null),
    imageShape: getModelEntry(system.network).inputShape,
    augmentation: recipe.augmentation.map(augmentationOf),
    recorded: goesOn ? await readRecordedSplits(runDirectory) : null,
    ...(quick ? { limit: recipe.quick.limit, imageSize: recipe.quick.imageSize } : {}),
    ...{ download, signal, onProgress, onNote },
  });
  const created = createModel(system.network, { data: data.source, seed, exits: system.exits });
  const model = combineExits(created, settings.regime, seed);
  const described = await describeRun(
    model,
    data,
    { engine, version, options: { model: system.network, dataset: recipe.dataset, seed } },
    { signal, onProgress },
  );
  const what = `training ${system.name}`;
  const total = training.epochs * Math.ceil(data.splits.train.size / (training.batchSize ?? 128));
  const result = await train({
    ...trainingRecipe({ ...settings, seed }, model.metadata.exits),
    ...(lossWeights === undefined ? {} : { lossWeights }),
    ...data.splits,
    ...described,
    ...{ runDirectory, resume: goesOn, restoreBest: true },
    ...(signal === undefined ? {} : { signal }),
    onEvent: (event) => {
      if (event.type === 'progress') onProgress?.({ what, done: event.step, total, unit: 'steps' });
      if (event.type === 'warning') onNote?.({ level: 'warning', text: event.message });
      if (event.type === 'epoch')
        onNote?.({
          level: 'note',
          text: `${system.name}: epoch ${event.epoch} of ${training.epochs}${describeAccuracies(event.validation)}`,
        });
    },
  });
  return result.interrupted ? null : { network: described.model, data, training };
}

/** Without keys that hold nothing: they would hide what stands below. */
function definedOf<Values extends object>(
  values: Values,
): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: NonNullable<Values[Key]>;
  };
}

function augmentationOf(each: Recipe['augmentation'][number]): Augmentation {
  if ('padAndCrop' in each) return padAndCrop(each.padAndCrop);
  if ('horizontalFlip' in each) return horizontalFlip();
  const { randomResizedCrop: window } = each;
  return randomResizedCrop(window === true ? {} : definedOf(window));
}

function describeAccuracies(validation: { readonly accuracy: readonly number[] } | null): string {
  if (validation === null) return '';
  return `, validation ${validation.accuracy.map((each) => percent(each)).join(', ')}`;
}

/** The run folder of a system. */
export function runFolderOf(out: string, recipe: Recipe, system: string, quick: boolean): string {
  return join(out, 'runs', quick ? `${recipe.name}-quick` : recipe.name, system);
}
