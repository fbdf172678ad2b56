import { DataError, describeValue } from '@earlyexit/core';
import { errorCode, explainRead, readFileWithin, readJsonWithin } from '@earlyexit/core/node';
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fromModelArtifacts } from './model-artifacts';
import { MODEL_FILE, WEIGHTS_FILE, weightsFileName } from './model-files';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import type { tf } from '../tf';
import { checkWeightSpecifications, weightBytes, type WeightSpecification } from './weight-specifications';
import { fromSafetensors, mostSafetensorsBytes } from './weights-as-safetensors';

// Each further attempt means another save within the few milliseconds of a load.
const MOST_ATTEMPTS = 5;

/**
 * Loads a model that `saveModel` wrote, in any format. Nothing outside the folder is read; sizes are checked before
 * memory is allocated, and the weights against their checksum.
 *
 * @throws DataError if the folder or a file is missing, was written by something else or in another version of the
 * format, or is damaged.
 */
export async function loadModel(directory: string): Promise<MultiExitModel> {
  await checkFolder(directory);
  for (let attempt = 1; ; attempt++) {
    const { artifacts, weightsFile, specifications } = await readModelJson(directory);
    try {
      const weightData = await readWeights(directory, weightsFile, specifications);
      return await fromModelArtifacts({ ...artifacts, weightData }, directory);
    } catch (error) {
      // A newer model may have been saved between the two reads, and the older weights removed.
      if (attempt === MOST_ATTEMPTS || !isMissing(error)) throw error;
    }
  }
}

interface ModelJson {
  readonly artifacts: tf.io.ModelArtifacts;
  readonly weightsFile: string;
  readonly specifications: readonly WeightSpecification[];
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
      rule: 'the weights stand in a file called weights-<checksum>.bin or .safetensors in the same folder',
      received: describeValue(weightsFile),
    });
  }
  const specifications = checkWeightSpecifications(manifest?.weights, path);
  return {
    artifacts: {
      modelTopology: json['modelTopology'] as object,
      userDefinedMetadata: metadata as Record<string, object>,
      weightSpecs: specifications as unknown as tf.io.WeightsManifestEntry[],
    },
    weightsFile,
    specifications,
  };
}

async function readWeights(
  directory: string,
  weightsFile: string,
  specifications: readonly WeightSpecification[],
): Promise<ArrayBuffer> {
  const path = join(directory, weightsFile);
  const isSafetensors = weightsFile.endsWith('.safetensors');
  const [least, most] = isSafetensors
    ? [0, mostSafetensorsBytes(specifications)]
    : [weightBytes(specifications), weightBytes(specifications)];
  const data = await readFileWithin(directory, weightsFile, (size) => {
    if (size >= least && size <= most) return;
    throw new DataError({
      where: path,
      rule: `the weights of this model take ${isSafetensors ? 'at most ' : ''}${String(most)} bytes`,
      received: String(size),
      remedy: 'The file is cut or belongs to another model: copy or save the model again',
    });
  });
  if (weightsFileName(data, extname(weightsFile)) !== weightsFile) {
    throw new DataError({
      where: path,
      rule: 'the weights have the checksum in their name',
      received: 'other content',
      remedy: 'The file is damaged: copy or save the model again',
    });
  }
  return isSafetensors ? fromSafetensors(data, specifications, path) : data.buffer;
}

function isMissing(error: unknown): boolean {
  return error instanceof DataError && errorCode(error) === 'ENOENT';
}
