import { attachExits, type MultiExitModel, type Preprocessing } from '@earlyexit/branch-head';
import { DataError, statesScaling } from '@earlyexit/core';
import { describeInput, type ImageInput } from '../foreign/describe-input';
import { readForeign, upgradeForeign } from '../foreign/foreign-file';
import { type NetworkSource, readNetwork } from '../foreign/network-source';
import { preparedInput } from '../foreign/prepared-input';
import type { StatedPreparation } from '../foreign/read-preparation';
import { type OnnxMetadata, METADATA_KEY } from '../model-file';
import { readModel } from '../protobuf/read-model';
import { findLogits } from './find-logits';
import { readLayers } from './read-layers';

/** What is known about a classifier besides its file. */
export interface ImportOptions extends StatedPreparation {
  /** The network's name; that of the file unless given. */
  readonly name?: string | undefined;
  /**
   * Names of the classes in the order of the logits; unless given, those that the file states, or else `'0'`, `'1'`, …
   */
  readonly classes?: readonly string[] | undefined;
  /** The order of the axes, if the file leaves it open. */
  readonly layout?: 'channels-first' | 'channels-last' | undefined;
  /** The output with the answers, if there are several outputs. */
  readonly output?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Turns a convolutional classifier in ONNX into ordinary layers with its weights: a network without exits, whose
 * answers are logits (a softmax at its end is left out), and which can be trained, given exits and exported like any
 * other. Its channels come last; it takes images `[batch, height, width, channels]`, red first.
 *
 * An engine of TensorFlow.js has to be running. `mean` and `standardDeviation`, red first, are kept as the network's
 * preprocessing; without them it is unknown (`null`), except for files that earlyexit wrote.
 *
 * @param source the file, or its path
 * @throws DataError if the file cannot be read, is not an image classifier, or holds an operator that cannot become a
 * layer: the error names the node. ArgumentError for classes or a preparation that do not fit
 */
export async function importOnnx(
  source: NetworkSource,
  options: ImportOptions = {},
): Promise<MultiExitModel> {
  const { size, layout, output, signal } = options;
  const { bytes, where, readExternal } = await readNetwork(source, signal);
  const known = metadataOf(bytes, where);
  const freed = await readForeign(bytes, where, { size, layout, readExternal });
  const model = readModel(upgradeForeign(freed.bytes, where), where);
  // From here on the model holds the sizes that were stated.
  const input = describeInput(model, { size, layout }, where);
  const preprocessing = preprocessingOf(input, options) ?? known?.preprocessing ?? null;
  const answers = findLogits(model, { output, where });
  const layers = readLayers(model, { input, answers, where, isReversed: options.color === 'bgr' });
  try {
    return attachExits(layers, [], {
      name: options.name ?? (typeof source === 'string' ? nameOf(where) : 'imported'),
      ...classesOf(options.classes ?? known?.classes),
      preprocessing,
    });
  } catch (error) {
    layers.dispose();
    throw error;
  }
}

function classesOf(classes: readonly string[] | undefined): { readonly classes?: readonly string[] } {
  return classes === undefined ? {} : { classes };
}

/** The file's name without its ending, reduced to characters that every name may have. */
function nameOf(where: string): string {
  const name = where.replace(/\.onnx$/i, '').replaceAll(/[^-A-Za-z0-9._]+/g, '_');
  return /^[A-Za-z0-9]/.test(name) ? name : 'imported';
}

function preprocessingOf(input: ImageInput, options: ImportOptions): Preprocessing | null {
  if (!statesScaling(options, 'importOnnx')) return null;
  const where = { function: 'importOnnx', argument: 'mean' };
  const { size, mean, standardDeviation } = preparedInput(input, options, where);
  return { inputShape: size, mean, standardDeviation };
}

/** What a file of ours says about its network; null for any other. */
function metadataOf(bytes: Uint8Array, where: string): OnnxMetadata['network'] | null {
  const { metadataProps } = readModel(bytes, where);
  const text = metadataProps.find(({ key }) => key === METADATA_KEY)?.value;
  if (text === undefined) return null;
  let metadata: Partial<OnnxMetadata>;
  try {
    metadata = JSON.parse(text) as Partial<OnnxMetadata>;
  } catch {
    return null;
  }
  if (metadata.kind !== undefined && metadata.kind !== 'static') {
    throw new DataError({
      where,
      rule: 'a network is imported without its exits',
      received: `a file of earlyexit of the kind '${metadata.kind}'`,
      remedy: 'Take the saved model that it was exported from, or a static export',
    });
  }
  return metadata.network ?? null;
}
