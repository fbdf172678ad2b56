import { join } from 'node:path';
import { ArgumentError, DataError } from '@earlyexit/core';
import { kindOfPath, readWholeFile, writeWholeFile } from '@earlyexit/core/node';
import { loadSession } from '@earlyexit/inference/onnx';
import { checkBatchLimits, type BatchLimits } from '../batching/batch-limits';
import { LABELS_FILE, tritonConfig } from './triton-config';

/** How Triton is to serve a file. */
export interface TritonOptions extends BatchLimits {
  readonly name: string;
  /** A whole number, as Triton wants it; `1` unless given. */
  readonly version?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was written. */
export interface TritonRepository {
  /** The folder that Triton is given as `--model-repository`. */
  readonly repository: string;
  readonly files: readonly string[];
}

/** What a protobuf message holds at most. */
const LARGEST_BYTES = 2 ** 31;

/**
 * Writes the model repository that Triton serves an exported file from: `config.pbtxt`, the labels and the file itself.
 * Triton batches requests only where every input has the batch axis, so thresholds have to be built into the file.
 *
 * @param file a conditional or static file of this toolkit
 * @param repository the folder of the repository, which may hold other models
 * @throws ArgumentError for a version that is no whole number, or a file whose thresholds are an input; DataError for a
 *   damaged file, or where the repository has such a model already
 */
export async function writeTritonRepository(
  file: string,
  repository: string,
  { name, version = '1', signal, ...limits }: TritonOptions,
): Promise<TritonRepository> {
  const { maxBatch, maxDelayMs, queue } = checkBatchLimits(limits);
  const place = { function: 'writeTritonRepository' };
  if (!/^[1-9]\d{0,8}$/.test(version)) {
    throw new ArgumentError({
      ...{ ...place, argument: 'version' },
      rule: 'Triton takes whole numbers from 1 on as versions',
      received: version,
    });
  }
  const session = await loadSession(file, signal === undefined ? {} : { signal });
  const { file: description, metadata } = session;
  session.dispose();
  if (description.decision?.thresholdsAs === 'input' && metadata.exits.length > 1) {
    throw new ArgumentError({
      ...{ ...place, argument: 'file' },
      rule: 'Triton batches requests only where every input has the batch axis, so thresholds are built into the file',
      received: `${file}, which takes them as an input`,
      remedy: 'Export it again with thresholds as constants',
    });
  }
  const folder = join(repository, name);
  if ((await kindOfPath(folder)) !== null) {
    throw new DataError({
      where: folder,
      rule: 'nothing is written over a model that is there',
      received: 'a folder or a file of that name',
      remedy: 'Give the model another name, or take the one that is there away',
    });
  }
  const bytes = await readWholeFile(file, { size: LARGEST_BYTES, signal });
  const contents: readonly (readonly [path: string, content: string | Uint8Array])[] = [
    [join(folder, version, 'model.onnx'), bytes],
    [
      join(folder, LABELS_FILE),
      `${metadata.classes.map((label) => label.replaceAll(/\s+/g, ' ')).join('\n')}\n`,
    ],
    // Last: without it there is no model.
    [join(folder, 'config.pbtxt'), tritonConfig(description, { name, maxBatch, maxDelayMs, queue })],
  ];
  for (const [path, content] of contents) await writeWholeFile(path, content);
  return { repository, files: contents.map(([path]) => path) };
}
