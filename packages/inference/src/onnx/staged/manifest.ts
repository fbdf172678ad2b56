import { DataError, jsonChecksum, isRecord } from '@earlyexit/core';
import { findNetworkProblem, findPolicyProblem, isCount, isList, isSize } from '../read-metadata';
import type { OnnxFileMetadata } from '../read-metadata';
import type { SessionMetadata } from '../../session/session';

/** A tensor that is handed from one stage to the next. */
export interface StagedTensor {
  readonly name: string;
  /** As in the graph, channels first, without the batch axis. */
  readonly shape: readonly number[];
  readonly type: 'float32' | 'uint8';
}

/** One stage of a staged export. */
export interface StagedFile {
  /** The file's name beside the manifest. */
  readonly file: string;
  readonly bytes: number;
  /** The checksum at the end of the file; the first manifests did not state it. */
  readonly sha256?: string;
  readonly inputs: readonly StagedTensor[];
  readonly carried: readonly StagedTensor[];
}

/** The manifest of a staged export, checked. */
export interface StagedManifest {
  readonly stages: readonly StagedFile[];
  readonly network: OnnxFileMetadata['network'] & Pick<SessionMetadata, 'policy'>;
  /** Height, width, channels. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
}

/** The name that `earlyexit export --staged` gives it. */
export const MANIFEST_FILE = 'manifest.json';
/** The description of ResNet-110 with an exit after every block takes 0.04 MB. */
const LARGEST_MANIFEST_BYTES = 2 ** 22;
/** More exits than any network has. */
const MOST_STAGES = 256;
/** Names, not paths: only files beside the manifest are read. */
const FILE_NAME = /^\w[\w-]*\.onnx$/;

/**
 * Reads a manifest from any source.
 *
 * @throws DataError if it is not one
 */
export async function parseManifest(bytes: Uint8Array, where: string): Promise<StagedManifest> {
  if (bytes.length > LARGEST_MANIFEST_BYTES) {
    throw new DataError({
      where,
      rule: `a manifest has at most ${LARGEST_MANIFEST_BYTES} bytes`,
      received: `${bytes.length} bytes`,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DataError({
      where,
      rule: 'a manifest is JSON',
      received: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  return checkManifest(value, where);
}

/** @throws DataError if it is not the manifest of a staged export, or not as it was written */
export async function checkManifest(value: unknown, where: string): Promise<StagedManifest> {
  const problem = findManifestProblem(value);
  if (problem === null) {
    await checkChecksum(value as Readonly<Record<string, unknown>>, where);
    const { stages, network } = value as StagedManifest;
    return { stages, network, inputShape: inputShapeOf(stages[0]!)! };
  }
  throw new DataError({
    where,
    rule: `it is the manifest of a staged export: ${problem}`,
    remedy: 'Export the network in stages again',
  });
}

/** The manifest holds thresholds, costs and class names: a changed bit must not change an answer. */
async function checkChecksum(
  { sha256, ...rest }: Readonly<Record<string, unknown>>,
  where: string,
): Promise<void> {
  // The first manifests had none.
  if (sha256 === undefined) return;
  // What is nested too deeply to be serialised again is not ours either.
  const checksum = await jsonChecksum(rest).catch(() => 'none');
  if (checksum === null || checksum === sha256) return;
  throw new DataError({
    where,
    rule: 'the manifest is as it was written',
    received: 'another checksum than the one in it',
    remedy: 'Copy the whole folder again, or export it again',
  });
}

function findManifestProblem(value: unknown): string | null {
  if (!isRecord(value)) return 'it is an object';
  const { format, formatVersion, stages, network } = value;
  if (format !== 'earlyexit-staged' || formatVersion !== 1) return 'the format is earlyexit-staged 1';
  if (!isList(stages, isStage) || stages.length === 0 || stages.length > MOST_STAGES)
    return 'stages name a file, its size, and the tensors that it takes and carries over';
  if (new Set(stages.map(({ file }) => file)).size !== stages.length) return 'every stage has its own file';
  const inputShape = inputShapeOf(stages[0]!);
  if (inputShape === null) return 'the first stage takes pixel_values, images of channels, height and width';
  for (const [index, { inputs }] of stages.entries()) {
    if (index > 0 && print(inputs) !== print(stages[index - 1]!.carried))
      return 'every stage takes what the one before carries over';
  }
  if (stages.at(-1)!.carried.length > 0) return 'the last stage carries nothing over';
  const wrong = findNetworkProblem(network, inputShape);
  if (wrong !== null || !isRecord(network)) return wrong;
  const { exits, policy } = network as unknown as { exits: unknown[]; policy: unknown };
  if (exits.length !== stages.length) return 'there is one stage per exit';
  return policy === null ? null : findPolicyProblem(policy, exits.length);
}

function isStage(value: unknown): value is StagedFile {
  if (!isRecord(value)) return false;
  const { file, bytes, sha256, inputs, carried } = value;
  return (
    typeof file === 'string' &&
    FILE_NAME.test(file) &&
    isCount(bytes) &&
    (sha256 === undefined || (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256))) &&
    isList(inputs, isTensor) &&
    inputs.length > 0 &&
    isList(carried, isTensor)
  );
}

function isTensor(value: unknown): value is StagedTensor {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    isList(value['shape'], isSize) &&
    (value['type'] === 'float32' || value['type'] === 'uint8')
  );
}

function inputShapeOf({ inputs }: StagedFile): StagedManifest['inputShape'] | null {
  const [input, ...more] = inputs;
  const [channels, height, width, ...rest] = input!.shape;
  const isImage = input!.name === 'pixel_values' && input!.type === 'float32' && width !== undefined;
  return isImage && more.length + rest.length === 0 ? [height!, width, channels!] : null;
}

function print(tensors: readonly StagedTensor[]): string {
  return tensors.map(({ name, shape, type }) => `${name} ${shape.join('x')} ${type}`).join();
}
