import { DataError, describeValue } from '@earlyexit/core';
import { errorCode, explainRead, readFileWithin, readJsonWithin } from '@earlyexit/core/node';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fromModelArtifacts } from './model-artifacts';
import { MODEL_FILE, WEIGHTS_FILE, weightsFileName } from './model-files';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import type { tf } from '../tf';
import { checkWeightSpecifications, weightBytes } from './weight-specifications';

// Each needs one more save in the few milliseconds of a load.
const MOST_ATTEMPTS = 5;

/**
 * Loads a model that `saveModel` wrote. Nothing outside the folder is read, sizes are checked before memory is
 * taken, and the weights against their checksum.
 *
 * @throws DataError if the folder or a file is missing, was written by something else or in another version of the
 * format, or is damaged.
 */
export async function loadModel(directory: string): Promise<MultiExitModel> {
  await checkFolder(directory);
  for (let attempt = 1; ; attempt++) {
    const { artifacts, weightsFile, expectedBytes } = await readModelJson(directory);
    try {
      const { buffer } = await readWeights(directory, weightsFile, expectedBytes);
      return await fromModelArtifacts({ ...artifacts, weightData: buffer }, directory);
    } catch (error) {
      // Someone may have saved a newer model between the two reads, and taken the older weights away.
      if (attempt === MOST_ATTEMPTS || !isMissing(error)) throw error;
    }
  }
}

interface ModelJson {
  readonly artifacts: tf.io.ModelArtifacts;
  readonly weightsFile: string;
  readonly expectedBytes: number;
}

async function checkFolder(directory: string): Promise<void> {
  const status = await stat(directory).catch((error: unknown) => {
    throw explainRead(error, directory, 'there is a folder with a saved model');
  });
  if (status.isDirectory()) return;
  throw new DataError({
    where: directory,
    rule: 'a saved model is a folder',
    received: 'a file',
    remedy: `Give the folder that holds ${MODEL_FILE}`,
  });
}

async function readModelJson(directory: string): Promise<ModelJson> {
  const path = join(directory, MODEL_FILE);
  const json = await readJsonWithin(directory, MODEL_FILE);
  const metadata = json['userDefinedMetadata'];
  const manifest = (json['weightsManifest'] as { paths?: unknown; weights?: unknown }[] | undefined)?.[0];
  const weightsFile = (manifest?.paths as unknown[] | undefined)?.[0];
  if (typeof metadata !== 'object' || metadata === null || !('earlyexit' in metadata)) {
    throw new DataError({
      where: path,
      rule: 'the model was saved by earlyexit',
      received: 'a model without its metadata',
      remedy: 'Load a plain model with loadPlainModel and give it exits with attachExits',
    });
  }
  if (typeof weightsFile !== 'string' || !WEIGHTS_FILE.test(weightsFile)) {
    throw new DataError({
      where: path,
      rule: 'the weights stand in a file called weights-<checksum>.bin in the same folder',
      received: describeValue(weightsFile),
    });
  }
  const weightSpecs = checkWeightSpecifications(manifest?.weights, path);
  return {
    artifacts: {
      modelTopology: json['modelTopology'] as object,
      userDefinedMetadata: metadata as Record<string, object>,
      weightSpecs: weightSpecs as unknown as tf.io.WeightsManifestEntry[],
    },
    weightsFile,
    expectedBytes: weightBytes(weightSpecs),
  };
}

async function readWeights(
  directory: string,
  weightsFile: string,
  expectedBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const data = await readFileWithin(directory, weightsFile, (size, path) => {
    if (size === expectedBytes) return;
    throw new DataError({
      where: path,
      rule: `the weights of this model take ${String(expectedBytes)} bytes`,
      received: String(size),
      remedy: 'The file is cut or belongs to another model: copy or save the model again',
    });
  });
  if (weightsFileName(data) === weightsFile) return data;
  throw new DataError({
    where: join(directory, weightsFile),
    rule: 'the weights have the checksum in their name',
    received: 'other content',
    remedy: 'The file is damaged: copy or save the model again',
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof DataError && errorCode(error) === 'ENOENT';
}
