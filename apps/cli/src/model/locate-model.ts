import { ArgumentError, EarlyExitError } from '@earlyexit/core';
import type { ModelLocation, RegisteredLocation, SavedLocation } from '@earlyexit/runs';

/**
 * What MODEL names; see `locateModel` of the library.
 *
 * @throws ArgumentError for a word that is neither a path nor a name; DataError for a path without a model
 */
export async function locateModel(word: string): Promise<ModelLocation> {
  const { listModels } = await import('@earlyexit/model-zoo');
  const { locateModel: locate } = await import('@earlyexit/runs');
  const { listPretrained, pretrainedFolder } = await import('@earlyexit/weights/node');
  try {
    return await locate(word, {
      registered: listModels().map(({ name }) => name),
      pretrained: new Map(listPretrained().map(({ name }) => [name, pretrainedFolder(name)])),
    });
  } catch (error) {
    if (!EarlyExitError.is(error) || error.kind !== 'argument') throw error;
    const { remedy = 'earlyexit models lists the names', function: _, argument: __, ...parts } = error.parts;
    throw new ArgumentError({ ...parts, where: 'MODEL', remedy, cause: error });
  }
}

/**
 * The same for commands that work on the layers of a network.
 *
 * @throws ArgumentError for an exported network too
 */
export async function locateNetwork(word: string): Promise<SavedLocation | RegisteredLocation> {
  const location = await locateModel(word);
  if (location.kind === 'saved' || location.kind === 'registered') return location;
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'this command works on the layers of a network, which an exported file no longer has',
    received: word,
    remedy:
      'Give the run folder or the saved model that it was exported from; predict, evaluate and bench take .onnx files, predict and evaluate staged exports too',
  });
}

/**
 * Refuses the name of a network, which has no trained weights.
 *
 * @throws ArgumentError
 */
export function requireTrained<Location extends ModelLocation>(
  location: Location,
): Exclude<Location, RegisteredLocation> {
  if (location.kind !== 'registered') return location as Exclude<Location, RegisteredLocation>;
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'this command needs a trained network',
    received: `${location.name}, a network without weights`,
    remedy: `Train it first: earlyexit train --model ${location.name} --out runs/${location.name}`,
  });
}

/**
 * Refuses a trained network that ships, for commands that write into the model.
 *
 * @throws ArgumentError
 */
export function refusePretrained({ path, directory, isPretrained = false }: SavedLocation): void {
  if (!isPretrained) return;
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'this command stores what it finds in the model, and a trained network that ships is not written into',
    received: path,
    remedy: `Copy it and give the copy: cp -r ${directory} ${path}`,
  });
}
