import { ArgumentError, DataError, describeValue, jsonChecksum } from '@earlyexit/core';
import { buildFromTopology } from './build-from-topology';
import { checkSizes } from './check-sizes';
import { registerLayers } from '../layers/register-layers';
import { canonicalTopology } from './model-topology';
import { FORMAT_VERSION, type MultiExitMetadata, type MultiExitModel } from '../metadata/multi-exit-model';
import { tf, tfl } from '../tf';
import { findMetadataProblem } from '../metadata/validate-metadata';
import {
  checkWeightSpecifications,
  weightBytes,
  weightSize,
  type WeightSpecification,
} from './weight-specifications';

// The metadata's key among the user-defined metadata of a saved LayersModel.
const METADATA_KEY = 'earlyexit';
// Beside it, the checksum of everything in `model.json` that decides answers. Older models have none.
const CHECKSUM_KEY = 'earlyexit.sha256';

/**
 * A multi-exit model as TensorFlow.js saves one, for any of its IO handlers; the metadata is in
 * `userDefinedMetadata.earlyexit`. Stock `tf.loadLayersModel` loads it as well (after `registerLayers()` if it has a
 * layer of this package, such as that of a `mixed-pool` head).
 *
 * @throws ArgumentError if two weights have the same name, because they are saved by name.
 */
export async function toModelArtifacts({ model, metadata }: MultiExitModel): Promise<tf.io.ModelArtifacts> {
  const weights = model.weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() }));
  const names = weights.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ArgumentError({
      where: 'toModelArtifacts(model)',
      rule: 'every weight has its own name',
      received: `'${twice}' twice`,
      remedy: 'Give the layers different names',
    });
  }
  const { data, specs } = await tf.io.encodeWeights(weights);
  const topology = canonicalTopology(model.toJSON(null, false), `model '${model.name}'`);
  // A plain copy, because artifacts that are kept or sent must not change with the layers.
  const modelTopology = structuredClone(topology);
  const checksum = await jsonChecksum([modelTopology, metadata, specs]);
  return {
    modelTopology,
    format: 'layers-model',
    generatedBy: `TensorFlow.js tfjs-layers v${tfl.version_layers}`,
    convertedBy: null,
    weightSpecs: specs,
    weightData: data,
    userDefinedMetadata: {
      [METADATA_KEY]: structuredClone(metadata),
      ...(checksum === null ? {} : { [CHECKSUM_KEY]: checksum }),
    },
  };
}

/**
 * Builds a multi-exit model from what `toModelArtifacts` returned or an IO handler loaded. Everything is checked before
 * memory is allocated for it; `where` names the source in errors.
 *
 * @throws DataError if it was saved by something else or in another version of the format, or is damaged.
 */
export async function fromModelArtifacts(
  artifacts: tf.io.ModelArtifacts,
  where = 'fromModelArtifacts(artifacts)',
): Promise<MultiExitModel> {
  const metadata = readMetadata(artifacts.userDefinedMetadata, where);
  const specifications = checkWeightSpecifications(artifacts.weightSpecs, where);
  const data = new tf.io.CompositeArrayBuffer(artifacts.weightData);
  const expectedBytes = weightBytes(specifications);
  if (data.byteLength !== expectedBytes) {
    throw new DataError({
      where,
      rule: `the weights take ${String(expectedBytes)} bytes`,
      received: String(data.byteLength),
      remedy: 'The file is cut or belongs to another model: copy it again',
    });
  }
  const topology = canonicalTopology(artifacts.modelTopology, where);
  registerLayers();
  const numbers = specifications.reduce((sum, each) => sum + weightSize(each), 0);
  const model = await buildFromTopology(topology, numbers, where);
  try {
    checkSizes(model, where);
    const problem = findMetadataProblem(metadata, model);
    if (problem !== null) {
      throw new DataError({
        where: `${where}, metadata`,
        rule: `${problem.field} ${problem.rule}`,
        received: problem.received,
      });
    }
    setWeights(model, specifications, data.slice(), where);
    await checkChecksum(artifacts, metadata, where);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, metadata };
}

function readMetadata(userDefined: object | undefined, where: string): MultiExitMetadata {
  const metadata = (userDefined as Record<string, unknown> | undefined)?.[METADATA_KEY];
  if (typeof metadata !== 'object' || metadata === null) {
    throw new DataError({
      where,
      rule: 'the model was saved by earlyexit',
      received: 'a model without its metadata',
      remedy: 'Load a plain model with loadPlainModel and give it exits with attachExits',
    });
  }
  const { formatVersion } = metadata as Partial<Record<string, unknown>>;
  if (formatVersion !== FORMAT_VERSION) {
    throw new DataError({
      where,
      rule: `this version reads format version ${String(FORMAT_VERSION)}`,
      received: `format version ${describeValue(formatVersion)}`,
      remedy: 'Use the version of earlyexit that saved it, or a newer one',
    });
  }
  return metadata as MultiExitMetadata;
}

/** Refuses a description that is not as it was written. To change one, change the model in a program and save it. */
async function checkChecksum(
  { userDefinedMetadata = {}, modelTopology, weightSpecs }: tf.io.ModelArtifacts,
  metadata: MultiExitMetadata,
  where: string,
): Promise<void> {
  const {
    [METADATA_KEY]: _,
    [CHECKSUM_KEY]: checksum,
    ...others
  } = userDefinedMetadata as Record<string, unknown>;
  const [stray] = Object.keys(others);
  const actual = checksum === undefined ? null : await jsonChecksum([modelTopology, metadata, weightSpecs]);
  if (stray === undefined && (checksum === undefined || actual === null || actual === checksum)) return;
  throw new DataError({
    where,
    rule: 'layers, classes, preprocessing, costs and thresholds are as they were saved',
    received: stray === undefined ? 'another checksum than theirs' : `a field '${stray}' beside them`,
    remedy: 'The file is damaged or was edited: copy it again, or change the model in a program and save it',
  });
}

function setWeights(
  model: tfl.LayersModel,
  specifications: readonly WeightSpecification[],
  data: ArrayBuffer,
  where: string,
): void {
  const byName = new Map(specifications.map((each) => [each.name, each]));
  for (const weight of model.weights) {
    const saved = byName.get(weight.originalName);
    byName.delete(weight.originalName);
    if (saved?.shape.join() === weight.shape.join() && saved.dtype === weight.dtype) continue;
    throw new DataError({
      where,
      rule: `there is a weight '${weight.originalName}', ${weight.dtype} [${weight.shape.join(', ')}]`,
      received: saved === undefined ? 'none' : `${saved.dtype} [${saved.shape.join(', ')}]`,
    });
  }
  const [stray] = byName.keys();
  if (stray !== undefined) {
    throw new DataError({ where, rule: 'every saved weight belongs to a layer', received: `'${stray}'` });
  }
  const values = tf.io.decodeWeights(data, specifications as unknown as tf.io.WeightsManifestEntry[]);
  try {
    for (const weight of model.weights) weight.write(values[weight.originalName]!);
  } finally {
    tf.dispose(values);
  }
}
