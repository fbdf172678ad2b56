import { basename, join } from 'node:path';
import { ArgumentError, didYouMean } from '@earlyexit/core';
import { kindOfPath } from '@earlyexit/core/node';
import { findModel, type ModelPlace, noModelAt } from './find-model';

/** A trained network in its layers: a run folder, or a saved model. */
export interface SavedLocation extends ModelPlace {
  readonly kind: 'saved';
  /** Whether it is a trained network that ships, which nobody writes into. */
  readonly isPretrained?: boolean;
}

/** An exported network: one file, alone or in a folder in the hub's layout, or the manifest of its stages. */
export type ExportedLocation = ExportedPlace<'onnx'> | ExportedPlace<'staged'>;

interface ExportedPlace<Kind> {
  readonly kind: Kind;
  /** As it was given. */
  readonly path: string;
  /** The `.onnx` file, or `manifest.json`. */
  readonly file: string;
}

/** A registered network, which has random weights. */
export interface RegisteredLocation {
  readonly kind: 'registered';
  readonly name: string;
}

/** The networks that have a name. */
export interface NamedNetworks {
  /** Registered, as `listModels` gives them. */
  readonly registered?: Iterable<string>;
  /** Trained, each with its folder, as `pretrainedFolder` of `@earlyexit/weights/node` gives it. */
  readonly pretrained?: ReadonlyMap<string, string>;
}

/** What a word names as a network. */
export type ModelLocation = SavedLocation | ExportedLocation | RegisteredLocation;

// As the exports call them.
const MANIFEST_FILE = 'manifest.json';
const HUB_FILES = [join('onnx', 'model.onnx'), join('onnx', 'model_quantized.onnx')];

const MODELS =
  'A model is a run folder, a saved model folder, an .onnx file, the folder of a staged export, or the name of a network';

/**
 * Finds the network that a word names: a run folder (its best model), a saved model, an `.onnx` file, a folder in the
 * hub's layout, the folder or the manifest of a staged export, or the name of a registered or a trained network. A path
 * comes before a name; nothing is loaded.
 *
 * @param names the networks that have one; without them only paths are known
 * @throws ArgumentError for a word that is neither a path nor a name; DataError for a path that is not there, or holds no
 *   network
 */
export async function locateModel(
  word: string,
  { registered = [], pretrained = new Map() }: NamedNetworks = {},
): Promise<ModelLocation> {
  const found = (await locateSaved(word)) ?? (await locateExported(word));
  if (found !== null) return found;
  const names = [...registered];
  if (names.includes(word)) return { kind: 'registered', name: word };
  const directory = pretrained.get(word);
  if (directory !== undefined) {
    return { kind: 'saved', path: word, directory, runDirectory: null, isPretrained: true };
  }
  const known = [...names, ...pretrained.keys()];
  if ((await kindOfPath(word)) !== null || looksLikePath(word)) throw await noModelAt(word, MODELS);
  throw new ArgumentError({
    function: 'locateModel',
    argument: 'model',
    rule: 'it is a run folder, a saved model folder, an exported network, or the name of a network',
    received: word,
    remedy: didYouMean(word, known),
  });
}

async function locateSaved(word: string): Promise<SavedLocation | null> {
  const place = await findModel(word);
  return place === null ? null : { kind: 'saved', ...place };
}

async function locateExported(word: string): Promise<ExportedLocation | null> {
  const kind = await kindOfPath(word);
  if (kind === 'file' && basename(word) === MANIFEST_FILE) return { kind: 'staged', path: word, file: word };
  if (kind === 'file' && /\.onnx$/i.test(word)) return { kind: 'onnx', path: word, file: word };
  if (kind !== 'folder') return null;
  const holds = async (name: string): Promise<boolean> => (await kindOfPath(join(word, name))) === 'file';
  if (await holds(MANIFEST_FILE)) return { kind: 'staged', path: word, file: join(word, MANIFEST_FILE) };
  for (const name of HUB_FILES)
    if (await holds(name)) return { kind: 'onnx', path: word, file: join(word, name) };
  return null;
}

function looksLikePath(word: string): boolean {
  return /[/\\]/.test(word) || /^[.~]/.test(word) || /\.(onnx|json|bin|zip|h5|pt|pth|keras)$/i.test(word);
}
