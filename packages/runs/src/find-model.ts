import { basename, dirname, join, resolve } from 'node:path';
import { DataError } from '@earlyexit/core';
import { kindOfPath } from '@earlyexit/core/node';

/** Where a saved model lies. */
export interface ModelPlace {
  /** As it was given. */
  readonly path: string;
  /** The folder with `model.json`. */
  readonly directory: string;
  /** The run folder that the model belongs to, or null. */
  readonly runDirectory: string | null;
}

/**
 * Finds the saved model that a path names: a run folder (its best model), the folder of a model, or `model.json`
 * itself.
 *
 * @returns null if there is no model of earlyexit at this path, or nothing at all
 */
export async function findModel(path: string): Promise<ModelPlace | null> {
  const kind = await kindOfPath(path);
  if (kind === 'file' && basename(path) === MODEL_FILE) return placeOf(path, dirname(path));
  if (kind !== 'folder') return null;
  const best = bestModelDirectory(path);
  if ((await kindOfPath(join(best, MODEL_FILE))) === 'file') {
    return { path, directory: best, runDirectory: path };
  }
  return (await kindOfPath(join(path, MODEL_FILE))) === 'file' ? placeOf(path, path) : null;
}

/**
 * Finds a saved model like `findModel`, and says what is wrong if there is none.
 *
 * @throws DataError if there is none
 */
export async function requireModel(path: string): Promise<ModelPlace> {
  const place = await findModel(path);
  if (place !== null) return place;
  throw await noModelAt(path, 'A trained model is a run folder, or a folder with model.json');
}

/**
 * What is wrong with a path that holds no model.
 *
 * @param models the way out: what would be one
 */
export async function noModelAt(path: string, models: string): Promise<DataError> {
  const kind = await kindOfPath(path);
  if (kind === null) {
    return new DataError({ where: path, rule: 'there is nothing at this path', remedy: models });
  }
  const isRun = (await kindOfPath(join(path, 'config.json'))) === 'file';
  return new DataError({
    where: path,
    rule: 'there is no model of earlyexit in it',
    received: kind === 'file' ? 'a file' : 'a folder without model.json and model/best',
    remedy: isRun ? 'The run has no finished epoch yet: resume it' : models,
  });
}

const MODEL_FILE = 'model.json';

/** Where a run keeps the model of its best epoch. */
export function bestModelDirectory(runDirectory: string): string {
  return join(runDirectory, 'model', 'best');
}

async function placeOf(path: string, directory: string): Promise<ModelPlace> {
  // runs/x/model/best belongs to the run runs/x.
  const parent = dirname(resolve(directory));
  const run = dirname(parent);
  const belongs = basename(parent) === 'model' && (await kindOfPath(join(run, 'config.json'))) === 'file';
  return { path, directory, runDirectory: belongs ? run : null };
}
