import { EarlyExitError, EnvironmentError } from '@earlyexit/core';
import { errorCode, writeWholeFile } from '@earlyexit/core/node';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LEFTOVER_FILE, MODEL_FILE, WEIGHTS_FILE, type WeightsFormat, weightsFileName } from './model-files';
import { toModelArtifacts } from './model-artifacts';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import { tf } from '../tf';
import { checkWeightSpecifications } from './weight-specifications';
import { toSafetensors } from './weights-as-safetensors';

/** How a model is saved. */
export interface SaveModelOptions {
  /**
   * `tensorflow` gives a `.bin` that stock TensorFlow.js loads too; `safetensors` a file that other programs read;
   * `safetensors-float16` one of half the size, with each weight rounded to 11 significant bits. `tensorflow` unless
   * given.
   */
  readonly weights?: WeightsFormat;
}

/**
 * Saves a model into a folder as `model.json` and `weights-<checksum>.bin`, the layout of TensorFlow.js, or on request
 * with the weights in `weights-<checksum>.safetensors`. Other files in the folder are left alone. Whatever happens on
 * the way, the folder holds the old model or the new one: files are written under temporary names, synced and renamed,
 * `model.json` last. Only one process may save into a folder at a time; others may load meanwhile.
 *
 * @throws EnvironmentError if the folder cannot be written; ArgumentError if safetensors cannot hold the weights
 */
export async function saveModel(
  model: MultiExitModel,
  directory: string,
  { weights = 'tensorflow' }: SaveModelOptions = {},
): Promise<void> {
  const { weightSpecs, weightData, ...rest } = await toModelArtifacts(model);
  const buffer = new tf.io.CompositeArrayBuffer(weightData).slice();
  const isPlain = weights === 'tensorflow';
  const data = isPlain
    ? new Uint8Array(buffer)
    : toSafetensors(
        checkWeightSpecifications(weightSpecs, 'saveModel'),
        buffer,
        weights === 'safetensors' ? 'float32' : 'float16',
      );
  const weightsFile = weightsFileName(data, isPlain ? '.bin' : '.safetensors');
  const manifest = [{ paths: [weightsFile], weights: weightSpecs }];
  const json = `${JSON.stringify({ ...rest, weightsManifest: manifest })}\n`;
  try {
    await mkdir(directory, { recursive: true });
    await writeWholeFile(join(directory, weightsFile), data);
    await writeWholeFile(join(directory, MODEL_FILE), Buffer.from(json));
    const old = (await readdir(directory)).filter(
      (file) => (WEIGHTS_FILE.test(file) && file !== weightsFile) || LEFTOVER_FILE.test(file),
    );
    await Promise.all(old.map((file) => rm(join(directory, file), { force: true })));
  } catch (error) {
    throw explain(error, directory);
  }
}

const REASONS: Readonly<Record<string, { rule: string; remedy: string }>> = {
  EEXIST: {
    rule: 'a model is saved into a folder',
    remedy: 'A file of that name is in the way: choose another path',
  },
  ENOTDIR: { rule: 'a model is saved into a folder', remedy: 'A file is in the way: choose another path' },
  EISDIR: {
    rule: `${MODEL_FILE} is a file`,
    remedy: `A folder called ${MODEL_FILE} is in the way: remove it`,
  },
  ENOTEMPTY: {
    rule: `${MODEL_FILE} is a file`,
    remedy: `A folder called ${MODEL_FILE} is in the way: remove it`,
  },
  EACCES: { rule: 'the folder can be written', remedy: 'Choose a folder that you may write to' },
  EPERM: { rule: 'the folder can be written', remedy: 'Choose a folder that you may write to' },
  EROFS: {
    rule: 'the folder can be written',
    remedy: 'Choose a folder on a file system that is not read-only',
  },
  ENOSPC: { rule: 'there is room for the model', remedy: 'Free some disk space' },
};

function explain(error: unknown, directory: string): unknown {
  const code = errorCode(error);
  if (code === null && EarlyExitError.is(error)) return error;
  const reason = REASONS[code ?? ''] ?? { rule: 'the model can be written', remedy: 'Look at the cause' };
  const cause = EarlyExitError.is(error) ? error.cause : error;
  return new EnvironmentError({
    where: `saveModel(${directory})`,
    rule: reason.rule,
    received: cause instanceof Error ? cause.message : String(cause),
    remedy: reason.remedy,
    cause,
  });
}
