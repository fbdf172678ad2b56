import { DataError } from '@earlyexit/core';
import { kindOfPath, readFileWithin, readJsonWithin, refuseLarge } from '@earlyexit/core/node';
import { basename, dirname, extname } from 'node:path';
import { buildFromTopology } from '../saving/build-from-topology';
import { checkSizes } from '../saving/check-sizes';
import { registerLayers } from '../layers/register-layers';
import { MODEL_FILE } from '../saving/model-files';
import { canonicalTopology } from '../saving/model-topology';
import { tf, type tfl } from '../tf';
import { weightSize } from '../saving/weight-specifications';
import { flattenTopology } from './flatten-topology';
import { matchWeights } from './match-weights';
import { readManifest, type WeightGroup } from './saved-weights';

/** Enough for the largest networks that are worth converting; ResNet-152 takes 0.24 GB. */
const MOST_WEIGHT_BYTES = 2 ** 31 - 1;

/**
 * Loads a plain model in the layers format of TensorFlow.js, written by TensorFlow.js or converted from Keras 2 or 3
 * (`tensorflowjs.converters.save_keras_model`); Node only. Nested models are flattened. `attachExits` gives it exits.
 *
 * Nothing outside the folder is read, and sizes are checked before memory is allocated.
 *
 * @param path the folder that holds `model.json`, or that file under any name
 * @throws DataError if the file is missing, is in another format or damaged, or holds a layer that TensorFlow.js does not
 *   have, or not with those settings
 */
export async function loadPlainModel(path: string): Promise<tfl.LayersModel> {
  refuseArchive(path);
  const isFolder = (await kindOfPath(path)) === 'folder';
  const [directory, file] = isFolder ? [path, MODEL_FILE] : [dirname(path), basename(path)];
  const json = await readJsonWithin(directory, file);
  const where = isFolder ? `${path}/${MODEL_FILE}` : path;
  checkFormat(json, where);
  const groups = readManifest(json['weightsManifest'], where);
  const { topology, paths } = flattenTopology(json['modelTopology'], where);
  registerLayers();
  const weights = groups.flatMap((group) => group.weights);
  const numbers = weights.reduce((sum, weight) => sum + weightSize(weight), 0);
  const model = await buildFromTopology(canonicalTopology(topology, where), numbers, where);
  try {
    checkSizes(model, where);
    const names = matchWeights(model, weights, paths, where);
    for (const group of groups) await readGroup(model, group, names, directory);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** Reads the weights in some files into the model. */
async function readGroup(
  model: tfl.LayersModel,
  { files, weights, bytes }: WeightGroup,
  names: ReadonlyMap<string, string>,
  directory: string,
): Promise<void> {
  refuseLarge(bytes, MOST_WEIGHT_BYTES, directory);
  const data = new Uint8Array(bytes);
  let filled = 0;
  const refuseSize = (received: number, where: string): never => {
    throw new DataError({
      where,
      rule: `the weights in ${files.join(', ')} take ${String(bytes)} bytes`,
      received: String(received),
      remedy: 'A file is cut or belongs to another model: copy or convert the model again',
    });
  };
  for (const file of files) {
    const part = await readFileWithin(directory, file, (size, where) => {
      if (filled + size > bytes) refuseSize(filled + size, where);
    });
    data.set(part, filled);
    filled += part.length;
  }
  if (filled !== bytes) refuseSize(filled, directory);
  const values = tf.io.decodeWeights(data.buffer, weights as unknown as tf.io.WeightsManifestEntry[]);
  try {
    for (const weight of model.weights) {
      const value = values[names.get(weight.originalName) ?? ''];
      if (value !== undefined) weight.write(value);
    }
  } finally {
    tf.dispose(values);
  }
}

const CONVERT =
  'In Python, tensorflowjs.converters.save_keras_model(model, folder) writes a folder that can be loaded';

function refuseArchive(path: string): void {
  const extension = extname(path).toLowerCase();
  if (!['.keras', '.h5', '.hdf5', '.pb'].includes(extension)) return;
  throw new DataError({
    where: path,
    rule: 'a plain model is a folder in the layers format of TensorFlow.js',
    received: `a ${extension} file`,
    remedy: CONVERT,
  });
}

function checkFormat(json: Readonly<Record<string, unknown>>, where: string): void {
  const { format = 'layers-model', userDefinedMetadata = {} } = json;
  if (format !== 'layers-model') {
    throw new DataError({
      where,
      rule: 'a plain model is in the layers format: a graph model no longer has the layers that exits are attached to',
      received: String(format),
      remedy: CONVERT,
    });
  }
  if (typeof userDefinedMetadata !== 'object' || userDefinedMetadata === null) return;
  if (!('earlyexit' in userDefinedMetadata)) return;
  throw new DataError({
    where,
    rule: 'a plain model has no exits',
    received: 'a model that earlyexit saved',
    remedy: 'Load it with loadModel',
  });
}
