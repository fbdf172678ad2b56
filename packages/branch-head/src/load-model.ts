import { DataError } from '@earlyexit/exit-criteria';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describeValue } from './describe-value';
import { fromModelArtifacts } from './model-artifacts';
import { MODEL_FILE, WEIGHTS_FILE, weightsFileName } from './model-files';
import type { MultiExitModel } from './multi-exit-model';
import { readModelFile, unreadable } from './read-model-file';
import type { tf } from './tf';
import { checkWeightSpecifications, weightBytes } from './weight-specifications';

// The JSON of ResNet-110 takes 0.3 MB.
const LARGEST_JSON_BYTES = 64 * 1024 * 1024;
// A layer of a saved model lies some ten levels deep; recursion over what a file holds must end somewhere.
const DEEPEST_JSON = 64;
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
      const { buffer } = await readWeights(join(directory, weightsFile), directory, expectedBytes);
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
    throw unreadable(directory, 'there is a folder with a saved model', error);
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
  const bytes = await readModelFile(path, directory, (size) => {
    if (size <= LARGEST_JSON_BYTES) return;
    throw new DataError({
      where: path,
      rule: `the file takes at most ${String(LARGEST_JSON_BYTES)} bytes`,
      received: String(size),
    });
  });
  const json = parse(bytes, path);
  const metadata = json['userDefinedMetadata'];
  const manifest = (json['weightsManifest'] as { paths?: unknown; weights?: unknown }[] | undefined)?.[0];
  const weightsFile = (manifest?.paths as unknown[] | undefined)?.[0];
  if (typeof metadata !== 'object' || metadata === null || !('earlyexit' in metadata)) {
    throw new DataError({
      where: path,
      rule: 'the model was saved by earlyexit',
      received: 'a model without its metadata',
      remedy: 'Load a plain model with tf.loadLayersModel and give it exits with attachExits',
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

function parse(bytes: Uint8Array, path: string): Record<string, unknown> {
  let json: unknown;
  if (isDeeperThan(bytes, DEEPEST_JSON)) {
    throw new DataError({
      where: path,
      rule: `the file is nested at most ${String(DEEPEST_JSON)} deep`,
      received: 'more',
    });
  }
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DataError({
      where: path,
      rule: 'the file is JSON',
      received:
        bytes.length === 0 ? 'an empty file' : `${String(bytes.length)} bytes that are not, or are cut`,
      remedy: 'Copy or save the model again',
      cause,
    });
  }
  if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  throw new DataError({
    where: path,
    rule: 'the file holds a saved model',
    received: String(json).slice(0, 80),
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What the brackets `[`, `{`, `]` and `}` do to the depth. */
const DEPTH_CHANGES: Readonly<Record<number, number>> = { 0x5b: 1, 0x7b: 1, 0x5d: -1, 0x7d: -1 };

/** Whether brackets of a JSON text are nested deeper than that; brackets within strings do not count. */
function isDeeperThan(json: Uint8Array, limit: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) isText = !isText;
    else if (isText) {
      if (byte === BACKSLASH) at++;
    } else {
      depth += DEPTH_CHANGES[byte] ?? 0;
      if (depth > limit) return true;
    }
  }
  return false;
}

async function readWeights(
  path: string,
  directory: string,
  expectedBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const data = await readModelFile(path, directory, (size) => {
    if (size === expectedBytes) return;
    throw new DataError({
      where: path,
      rule: `the weights of this model take ${String(expectedBytes)} bytes`,
      received: String(size),
      remedy: 'The file is cut or belongs to another model: copy or save the model again',
    });
  });
  if (weightsFileName(data) === basename(path)) return data;
  throw new DataError({
    where: path,
    rule: 'the weights have the checksum in their name',
    received: 'other content',
    remedy: 'The file is damaged: copy or save the model again',
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof DataError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
