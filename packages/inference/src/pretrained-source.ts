import { DataError, EarlyExitError } from '@earlyexit/core';

// `architecture.tag`. A name with the ending of a file is a file's.
const NAME = /^[a-z\d_]+\.(?!onnx$|json$|bin$)[a-z\d_-]+$/;

interface Weights {
  pretrainedUrl(name: string, file: 'onnx' | 'model'): URL;
}

/**
 * The location of a trained network in the package `@earlyexit/weights`, if that is installed: its file with the exits
 * inside, or its `model.json`.
 *
 * @param rule what was expected, for errors
 * @returns null if it is not such a name, or there is a file or folder of that name
 * @throws DataError if the package is not installed, or has no network of that name
 */
export async function pretrainedSource(
  name: string,
  file: 'onnx' | 'model',
  rule: string,
): Promise<URL | null> {
  if (!NAME.test(name) || (await isPath(name))) return null;
  const about = { where: name, rule: `${rule}, or a trained network of this name` };
  // Through a variable, because a bundler would fail on a package that is not installed.
  const specifier = '@earlyexit/weights';
  let weights: Weights;
  try {
    weights = (await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier)) as Weights;
  } catch (cause) {
    throw new DataError({
      ...about,
      received: 'nothing, and @earlyexit/weights cannot be loaded',
      remedy:
        'npm install @earlyexit/weights for a trained network; on a page, give loadSession what pretrainedUrl of that package returns',
      cause,
    });
  }
  try {
    return weights.pretrainedUrl(name, file);
  } catch (cause) {
    if (!EarlyExitError.is(cause)) throw cause;
    const { remedy } = cause.parts;
    throw new DataError({
      ...about,
      received: 'neither',
      remedy,
      cause,
    });
  }
}

async function isPath(name: string): Promise<boolean> {
  // A page has no file system.
  if (typeof location !== 'undefined') return false;
  const { stat } = process.getBuiltinModule('node:fs/promises');
  return stat(name).then(
    () => true,
    () => false,
  );
}
