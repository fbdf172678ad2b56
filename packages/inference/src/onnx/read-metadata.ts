import { DataError, isRecord } from '@earlyexit/core';
import {
  isCriterionName,
  isFittedOn,
  type CriterionName,
  type ThresholdJson,
} from '@earlyexit/exit-criteria';
import type { SessionMetadata } from '../session/session';
import { readFields } from './protobuf-reader';

/** An exported file's description of itself, checked. */
export interface OnnxFileMetadata {
  readonly kind: 'conditional' | 'static';
  /** The type of weights and activations. */
  readonly dtype: 'float32' | 'int8';
  /** Where the graph comes from, if not from a network of ours. */
  readonly origin?: 'foreign';
  /** Height, width and channels; or fewer axes. */
  readonly inputShape: readonly number[];
  readonly decision: {
    readonly criterion: CriterionName;
    readonly thresholds: readonly ThresholdJson[] | null;
    readonly thresholdsAs: 'input' | 'constants';
    readonly temperatures: readonly number[];
  } | null;
  readonly network: SessionMetadata & { readonly staticMacs: number };
}

/** The description of one stage of a staged export, checked. */
export interface StageFileMetadata extends Pick<
  OnnxFileMetadata,
  'dtype' | 'origin' | 'inputShape' | 'network'
> {
  readonly kind: 'stage';
  /** From 0. */
  readonly stage: number;
}

/** `metadata_props` in `onnx.ModelProto`, and the fields of its entries. */
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;
/** SHA-256 in hexadecimal digits. */
const CHECKSUM_LENGTH = 64;
/** The description of ResNet-50 with the classes of ImageNet takes 0.03 MB. */
const LONGEST_VALUE = 2 ** 22;

/**
 * Reads the description in a file of `@earlyexit/onnx`, after checking that the file is whole.
 *
 * @throws DataError if the file is damaged, or is not an early-exit network
 */
export async function readMetadata(bytes: Uint8Array, where: string): Promise<OnnxFileMetadata> {
  const metadata = await readChecked<OnnxFileMetadata>(bytes, where, findProblem);
  // The first files did not state it.
  return { ...metadata, dtype: (metadata as { dtype?: 'int8' }).dtype ?? 'float32' };
}

/**
 * The same for one stage of a staged export.
 *
 * @throws DataError if the file is damaged, or is not a stage
 */
export async function readStageMetadata(bytes: Uint8Array, where: string): Promise<StageFileMetadata> {
  return readChecked<StageFileMetadata>(bytes, where, findStageProblem);
}

async function readChecked<Metadata>(
  bytes: Uint8Array,
  where: string,
  find: (value: unknown) => string | null,
): Promise<Metadata> {
  const entries = new Map<string, string>();
  let last: string | undefined;
  let end = 0;
  for (const field of readFields(bytes, where)) {
    ({ end } = field);
    last = undefined;
    if (field.number !== METADATA_PROPS || typeof field.value === 'number') continue;
    const { key, value } = readEntry(field.value, where);
    entries.set(key, value);
    last = key;
  }
  const text = entries.get('earlyexit');
  const checksum = entries.get('earlyexit.sha256');
  if (text === undefined) {
    throw new DataError({
      where,
      rule: 'it is an ONNX file that earlyexit exported, which says what its exits are',
      received: bytes.length === 0 ? 'an empty file' : 'an ONNX file without that',
      remedy: 'Export the network with earlyexit export',
    });
  }
  if (last !== 'earlyexit.sha256' || end !== bytes.length || checksum?.length !== CHECKSUM_LENGTH) {
    throw damaged(where, 'a file that does not end in its checksum');
  }
  const covered = Uint8Array.from(bytes.subarray(0, bytes.length - CHECKSUM_LENGTH));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', covered));
  const hexadecimal = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hexadecimal !== checksum) throw damaged(where, 'another checksum than the one it was written with');
  return parse(text, where, find) as Metadata;
}

function readEntry(message: Uint8Array, where: string): { key: string; value: string } {
  let key = '';
  let value = '';
  for (const field of readFields(message, where)) {
    if (typeof field.value === 'number') continue;
    if (field.number === KEY) key = new TextDecoder().decode(field.value);
    if (field.number !== VALUE) continue;
    if (field.value.length > LONGEST_VALUE) throw damaged(where, `metadata of ${field.value.length} bytes`);
    value = new TextDecoder().decode(field.value);
  }
  return { key, value };
}

function damaged(where: string, received: string): DataError {
  return new DataError({
    where,
    rule: 'the file is as it was written',
    received,
    remedy: 'Export or download it again',
  });
}

function parse(text: string, where: string, find: (value: unknown) => string | null): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError({ where, rule: 'its metadata is JSON', received: text.slice(0, 40), cause });
  }
  const problem = find(value);
  if (problem === null) return value;
  throw new DataError({
    where,
    rule: `its metadata describes an early-exit network: ${problem}`,
    received: text.slice(0, 120),
  });
}

/** The first problem in metadata, which may be any value. */
function findProblem(value: unknown): string | null {
  const wrong = findFormatProblem(value);
  if (wrong !== null || !isRecord(value)) return wrong;
  const { kind, decision, network } = value;
  if (kind === 'stage') return 'this is one stage of a network, and a session takes the whole, its manifest';
  if (kind !== 'conditional' && kind !== 'static') return 'the kind is conditional or static';
  const problem = findSizesProblem(value);
  if (problem !== null) return problem;
  const { exits } = network as { exits: unknown[] };
  if (kind === 'conditional') return findDecisionProblem(decision, exits.length);
  return decision === null ? null : 'a file without exits decides nothing';
}

function findStageProblem(value: unknown): string | null {
  const wrong = findFormatProblem(value);
  if (wrong !== null || !isRecord(value)) return wrong;
  if (value['kind'] !== 'stage' || !isCount(value['stage'])) return 'the kind is stage, with its number';
  return findSizesProblem(value);
}

function findFormatProblem(value: unknown): string | null {
  if (!isRecord(value)) return 'it is an object';
  const { format, formatVersion, dtype = 'float32', origin } = value;
  if (origin !== undefined && origin !== 'foreign') return 'the origin is left out or foreign';
  if (format !== 'earlyexit-onnx' || formatVersion !== 1) return 'the format is earlyexit-onnx 1';
  return dtype === 'float32' || dtype === 'int8' ? null : 'the dtype is float32 or int8';
}

function findSizesProblem({ inputShape, network }: Readonly<Record<string, unknown>>): string | null {
  if (!isList(inputShape, isSize) || inputShape.length === 0) return 'inputShape lists sizes';
  return findNetworkProblem(network, inputShape);
}

/** The first problem in the description of a network whose inputs have that shape. */
export function findNetworkProblem(network: unknown, inputShape: readonly number[]): string | null {
  if (!isRecord(network)) return 'network is an object';
  const { classes, exits, preprocessing } = network;
  if (typeof network['name'] !== 'string') return 'the network has a name';
  if (!isList(classes, (each) => typeof each === 'string') || classes.length < 2) return 'classes are names';
  if (
    !isList(exits, (exit) => isRecord(exit) && typeof exit['name'] === 'string' && isCount(exit['macs'])) ||
    exits.length === 0
  ) {
    return 'exits have names and costs';
  }
  if (!isCount(network['staticMacs'])) return 'staticMacs is a count';
  const channels = inputShape.at(-1)!;
  if (
    preprocessing !== null &&
    !(
      isRecord(preprocessing) &&
      isList(preprocessing['mean'], isNumber) &&
      preprocessing['mean'].length === channels &&
      isList(preprocessing['standardDeviation'], isNumber) &&
      preprocessing['standardDeviation'].length === channels &&
      isList(preprocessing['inputShape'], isSize) &&
      preprocessing['inputShape'].join() === inputShape.join() &&
      [undefined, null, 'light-on-dark', 'dark-on-light'].includes(preprocessing['polarity'] as undefined) &&
      (preprocessing['shorterSide'] === undefined || isSize(preprocessing['shorterSide']))
    )
  ) {
    return 'preprocessing has a mean and a deviation for each channel, a polarity that is known, and a size';
  }
  const { fittedOn = [] } = network;
  if (!isList(fittedOn, isFittedOn)) return 'fittedOn lists what was fitted on which samples, and how many';
  return null;
}

function findDecisionProblem(decision: unknown, exits: number): string | null {
  if (!isRecord(decision)) return 'the decision is an object';
  const { thresholdsAs } = decision;
  if (thresholdsAs !== 'input' && thresholdsAs !== 'constants') return 'thresholds are an input or constants';
  return findPolicyProblem(decision, exits);
}

/** The first problem in a policy for that many exits. */
export function findPolicyProblem(policy: unknown, exits: number): string | null {
  if (!isRecord(policy)) return 'the policy is an object';
  const { criterion, thresholds, temperatures } = policy;
  if (typeof criterion !== 'string') return 'the criterion has a name';
  if (!isCriterionName(criterion)) return `the criterion '${criterion}' is registered`;
  const isThreshold = (each: unknown) => each === null || each === 'always' || isNumber(each);
  if (thresholds !== null && !(isList(thresholds, isThreshold) && thresholds.length === exits - 1)) {
    return 'there is a threshold for each early exit';
  }
  if (!isList(temperatures, (each) => isNumber(each) && each > 0) || temperatures.length !== exits) {
    return 'there is a temperature for each exit';
  }
  return null;
}

export function isList<Item>(value: unknown, is: (item: unknown) => item is Item): value is Item[];
export function isList(value: unknown, is: (item: unknown) => boolean): value is unknown[];
export function isList(value: unknown, is: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(is);
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isSize(value: unknown): value is number {
  return isCount(value) && value > 0;
}
