import type { MultiExitModel } from '@earlyexit/branch-head';
import type { ImageShape } from '@earlyexit/datasets';
import { createModel, getModelEntry } from '@earlyexit/model-zoo';
import { combineExits, type RecipeSettings, type TrainingRecipe, trainingRecipe } from '@earlyexit/trainer';
import type { SavedLocation } from '../locate-model';
import { openData, type OpenDataOptions, type OpenedData } from '../open-data';
import { openNetwork } from '../open-network';
import { readRecordedSplits } from '../splits-file';
import { forData, networkToTrain } from './network-to-train';

/** A training described by names and numbers. */
export interface TrainingSettings extends RecipeSettings {
  /** The name of a registered network, or the path of a saved one, which goes on from its weights. */
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
  /** The name of the network. */
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
  const { model: word, runDirectory, resume = false } = settings;
  const location = await networkToTrain(word);
  const recorded = resume ? await readRecordedSplits(runDirectory) : null;
  const { name, model, data } = await (location.kind === 'registered'
    ? startAnew(location.name, settings, { ...open, recorded })
    : goOn(location, settings, { ...open, recorded }));
  const recipe = trainingRecipe(settings, model.metadata.exits);
  return {
    name,
    model: combineExits(model, settings.regime, settings.seed),
    recipe,
    data,
    runDirectory,
    resume,
  };
}

/** A network and the data that it is trained on. */
type Start = Pick<PreparedTraining, 'name' | 'model' | 'data'>;

async function startAnew(name: string, settings: TrainingSettings, open: OpenDataOptions): Promise<Start> {
  const { exits, seed } = settings;
  checkAgainstExits(settings);
  const data = await openData({ ...open, imageShape: getModelEntry(name).inputShape });
  return { name, model: createModel(name, { exits, data: data.source, seed }), data };
}

async function goOn(place: SavedLocation, settings: TrainingSettings, open: OpenDataOptions): Promise<Start> {
  const { exits, seed } = settings;
  const { model: network } = await openNetwork(place, { exits, seed });
  trainingRecipe(settings, network.metadata.exits);
  const { name, preprocessing } = network.metadata;
  const imageShape = network.model.inputs[0]!.shape.slice(1) as unknown as ImageShape;
  const data = await openData({ ...open, imageShape, normalization: preprocessing ?? undefined });
  return { name, model: forData(network, data.source), data };
}

function checkAgainstExits(settings: TrainingSettings): void {
  const { model: name, exits, lossWeights, thresholds, regime } = settings;
  if ((exits ?? lossWeights ?? thresholds) === undefined && regime !== 'cascade') return;
  const { model, metadata } = createModel(name, { exits });
  model.dispose();
  trainingRecipe(settings, metadata.exits);
}
