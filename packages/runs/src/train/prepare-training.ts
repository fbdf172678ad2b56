import type { MultiExitModel } from '@earlyexit/branch-head';
import { createModel, getModelEntry } from '@earlyexit/model-zoo';
import { type RecipeSettings, type TrainingRecipe, trainingRecipe } from '@earlyexit/trainer';
import { openData, type OpenDataOptions, type OpenedData } from '../open-data';
import { readRecordedSplits } from '../splits-file';

/** A training described by names and numbers. */
export interface TrainingSettings extends RecipeSettings {
  /** The name of a registered network. */
  readonly model: string;
  /** Exits for a plain network, as `createModel` takes them. */
  readonly exits?: readonly string[] | undefined;
  /** The run folder. */
  readonly runDirectory: string;
  /** Whether to go on with the training in `runDirectory`; false unless given. */
  readonly resume?: boolean | undefined;
}

/** A training that can begin. */
export interface PreparedTraining {
  /** The name of the registered network. */
  readonly name: string;
  readonly model: MultiExitModel;
  readonly recipe: TrainingRecipe;
  readonly data: OpenedData;
  readonly runDirectory: string;
  readonly resume: boolean;
}

/**
 * Opens the data of a training and builds its network. An engine of TensorFlow.js has to be running. Loss weights and
 * thresholds are checked on the network as published before the data are opened.
 *
 * @param open.settings from `trainingData`
 * @throws ArgumentError for settings that do not fit the network; what `openData` throws
 */
export async function prepareTraining(
  settings: TrainingSettings,
  open: Omit<OpenDataOptions, 'imageShape' | 'recorded'>,
): Promise<PreparedTraining> {
  const { model: name, exits, seed, runDirectory, resume = false } = settings;
  const { inputShape: imageShape } = getModelEntry(name);
  checkAgainstExits(settings);
  const recorded = resume ? await readRecordedSplits(runDirectory) : null;
  const data = await openData({ ...open, imageShape, recorded });
  const model = createModel(name, { exits, data: data.source, seed });
  const recipe = trainingRecipe(settings, model.metadata.exits);
  return { name, model, recipe, data, runDirectory, resume };
}

function checkAgainstExits(settings: TrainingSettings): void {
  const { model: name, exits, lossWeights, thresholds, regime } = settings;
  if ((exits ?? lossWeights ?? thresholds) === undefined && regime !== 'cascade') return;
  const { model, metadata } = createModel(name, { exits });
  model.dispose();
  trainingRecipe(settings, metadata.exits);
}
