import { basename, join } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError, DataError, nearestNames } from '@earlyexit/core';
import { kindOfPath } from '@earlyexit/core/node';
import type { RunConfig } from '@earlyexit/runs';

/** What a MODEL argument stands for. */
export type ModelReference =
  | {
      readonly kind: 'saved';
      /** As it was typed. */
      readonly argument: string;
      /** The folder with `model.json`. */
      readonly directory: string;
      /** The run folder that it belongs to, or null. */
      readonly runDirectory: string | null;
    }
  | { readonly kind: 'network'; readonly name: string };

/** An exported network: one file, alone or in a folder in the hub's layout, or the manifest of its stages. */
export interface ExportedReference {
  readonly kind: 'onnx' | 'staged';
  /** Of the `.onnx` file or of `manifest.json`. */
  readonly path: string;
}

/**
 * The exported network that a MODEL argument names, or null if it means something else.
 *
 * @throws DataError if there is no such file
 */
export async function findExported(argument: string): Promise<ExportedReference | null> {
  const kind = await kindOfPath(argument);
  if (kind === 'file' && basename(argument) === MANIFEST_FILE) return { kind: 'staged', path: argument };
  if (kind === 'folder') {
    const holds = async (name: string): Promise<boolean> =>
      (await kindOfPath(join(argument, name))) === 'file';
    if ((await holds('model.json')) || (await holds(join('model', 'best', 'model.json')))) return null;
    if (await holds(MANIFEST_FILE)) return { kind: 'staged', path: join(argument, MANIFEST_FILE) };
    return (await holds(HUB_FILE)) ? { kind: 'onnx', path: join(argument, HUB_FILE) } : null;
  }
  if (!/\.onnx$/i.test(argument)) return null;
  if (kind === null) throw nothingThere(argument);
  return { kind: 'onnx', path: argument };
}

// As `export --staged` calls it.
const MANIFEST_FILE = 'manifest.json';
// As `export --folder` calls it, in the hub's layout.
const HUB_FILE = join('onnx', 'model.onnx');

/**
 * Finds out what a MODEL argument means: a run folder, a saved model, or the name of a network.
 *
 * @throws ArgumentError for a word that is neither a path nor a name, and for an exported file, whose layers are gone;
 *   DataError for a path that is not there or holds no model
 */
export async function resolveModelArgument(argument: string): Promise<ModelReference> {
  if ((await findExported(argument)) !== null) {
    throw new ArgumentError({
      where: 'MODEL',
      rule: 'this command works on the layers of a network, which an exported file no longer has',
      received: argument,
      remedy:
        'Give the run folder or the saved model that it was exported from; predict, evaluate and bench take .onnx files, predict and evaluate staged exports too',
    });
  }
  const { listModels } = await import('@earlyexit/model-zoo');
  const names = listModels().map(({ name }) => name);
  const { findModel } = await import('@earlyexit/runs');
  const place = await findModel(argument);
  if (place !== null) {
    const { directory, runDirectory } = place;
    return { kind: 'saved', argument, directory, runDirectory };
  }
  const kind = await kindOfPath(argument);
  if (names.includes(argument)) return { kind: 'network', name: argument };
  if (kind !== null) throw noModel(argument, kind, await kindOfPath(join(argument, 'config.json')));
  if (looksLikePath(argument)) throw nothingThere(argument);
  const near = nearestNames(argument, names);
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'it is a run folder, a saved model folder, or the name of a network',
    received: argument,
    remedy: near.length > 0 ? `Did you mean ${near.join(' or ')}` : 'earlyexit models lists the names',
  });
}

/** A saved network, loaded, with what its run remembers. */
export interface LoadedModel {
  readonly model: MultiExitModel;
  readonly reference: Extract<ModelReference, { kind: 'saved' }>;
  readonly config: RunConfig | null;
}

/**
 * Finds the trained network that a MODEL argument names, without loading it.
 *
 * @throws ArgumentError for the name of a network, which has no trained weights
 */
export async function resolveTrainedModel(argument: string): Promise<LoadedModel['reference']> {
  const reference = await resolveModelArgument(argument);
  if (reference.kind === 'saved') return reference;
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'this command needs a trained network',
    received: `${reference.name}, a network without weights`,
    remedy: `Train it first: earlyexit train --model ${reference.name} --out runs/${reference.name}`,
  });
}

/**
 * Loads the network behind a reference; an engine has to be running.
 *
 * @throws DataError for damaged files
 */
export async function loadReference(reference: LoadedModel['reference']): Promise<LoadedModel> {
  const { loadRun } = await import('@earlyexit/runs');
  const { model, config } = await loadRun({ path: reference.argument, ...reference });
  return { model, reference, config };
}

function looksLikePath(argument: string): boolean {
  return (
    /[/\\]/.test(argument) ||
    /^[.~]/.test(argument) ||
    /\.(onnx|json|bin|zip|h5|pt|pth|keras)$/i.test(argument)
  );
}

function nothingThere(argument: string): DataError {
  return new DataError({
    where: argument,
    rule: 'there is nothing at this path',
    remedy:
      'A model is a run folder, a saved model folder, an .onnx file, the folder of a staged export, or the name of a network',
  });
}

function noModel(argument: string, kind: 'file' | 'folder', configFile: 'file' | 'folder' | null): DataError {
  const remedy =
    configFile === 'file'
      ? 'The run has no finished epoch yet; train --resume goes on with it'
      : 'A model is a run folder as train writes it, a folder with model.json, or the name of a network';
  return new DataError({
    where: argument,
    rule: 'there is no model of earlyexit in it',
    received: kind === 'file' ? 'a file' : 'a folder without model.json and model/best',
    remedy,
  });
}
