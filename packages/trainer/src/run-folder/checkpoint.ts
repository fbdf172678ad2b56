import { mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@earlyexit/core';
import {
  errorCode,
  parseJsonObject,
  readFileWithin,
  readJsonWithin,
  refuseLargeJson,
  syncFolder,
  explainWrite,
  writeSynced,
} from '@earlyexit/core/node';
import { type HostTensor, readFloatTensors, safetensorsParts } from '@earlyexit/core/safetensors';
import type { EpochMetrics, EpochTotals } from '../epoch/epoch-metrics';
import { sha256 } from './files';
import { findStateProblem } from './find-state-problem';

/** The best epoch so far. */
export interface BestRecord {
  /** From 1. */
  readonly epoch: number;
  readonly score: number;
  /** The file with its weights, within the folder of the checkpoints; null if they are not to be restored. */
  readonly weights: { readonly file: string; readonly sha256: string } | null;
}

/** Everything of a training that is not a tensor. */
export interface CheckpointState {
  readonly format: 'earlyexit-checkpoint';
  readonly formatVersion: 1;
  /** Steps of all epochs. */
  readonly step: number;
  /** Completed epochs. */
  readonly epoch: number;
  /** Batches done of the next epoch. */
  readonly batch: number;
  /** Of the next epoch so far. */
  readonly totals: EpochTotals;
  readonly history: readonly EpochMetrics[];
  readonly best: BestRecord | null;
  /** Numbers of the optimizer's state. */
  readonly optimizerNumbers: Readonly<Record<string, number>>;
  /** The resolved options of the training. */
  readonly training: Readonly<Record<string, unknown>>;
}

/** A checkpoint on the host: the state and its tensors by name. */
export interface Checkpoint {
  readonly state: CheckpointState;
  readonly tensors: ReadonlyMap<string, HostTensor>;
}

const tensorsFile = 'tensors.safetensors';
const stateFile = 'state.json';
const sumsFile = 'SHA256SUMS';
const unfinished = '.writing';

/** The checkpoints in a folder, the newest first. What a killed process left half written is not among them. */
export async function listCheckpoints(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => /^\d{6}-step-\d+$/.test(name))
    .sort()
    .reverse();
}

/**
 * Writes a checkpoint as a folder of its own, `000012-step-3400`: beside, synced, renamed. Gives its name.
 *
 * The running number keeps apart what was saved at the same step: before and after an epoch's validation.
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const numbers = (await readdir(folder)).map((name) => Number.parseInt(name, 10)).filter(Number.isInteger);
  const number = Math.max(0, ...numbers) + 1;
  const name = `${String(number).padStart(6, '0')}-step-${checkpoint.state.step}`;
  const beside = join(folder, unfinished);
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside);
  const tensors = safetensorsParts(checkpoint.tensors);
  const state = Buffer.from(JSON.stringify(checkpoint.state, null, 1));
  const write = (file: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> =>
    writeSynced(join(beside, file), content).catch((error: unknown) => {
      throw explainWrite(error, join(folder, name, file));
    });
  await write(tensorsFile, tensors);
  await write(stateFile, state);
  // As `sha256sum --check` reads it.
  await write(sumsFile, `${sha256(...tensors)}  ${tensorsFile}\n${sha256(state)}  ${stateFile}\n`);
  await syncFolder(beside);
  await rename(beside, join(folder, name));
  await syncFolder(folder);
  return name;
}

/** A part of a checkpoint is missing or does not match its checksum; an earlier checkpoint may be whole. */
export class DamagedCheckpoint extends Error {
  override readonly name = 'DamagedCheckpoint';
}

/**
 * Reads a checkpoint and the best weights it names, and nothing that does not lie in the folder. Throws
 * DamagedCheckpoint; DataError for one of another version or one that was never written like that.
 */
export async function readCheckpoint(
  folder: string,
  name: string,
): Promise<Checkpoint & { readonly best: ReadonlyMap<string, HostTensor> | null }> {
  const path = join(folder, name);
  await refuseLink(folder, name);
  const sums = Buffer.from(await readPart(path, sumsFile, LARGEST_SUMS_BYTES)).toString('utf8');
  const expected = new Map(
    [...sums.matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)].map((match) => [
      match[2] as string,
      match[1] as string,
    ]),
  );
  const stateBytes = await readChecked(path, stateFile, expected.get(stateFile));
  const tensorBytes = await readChecked(path, tensorsFile, expected.get(tensorsFile));
  const state = parseState(stateBytes, join(path, stateFile));
  const file = state.best?.weights ?? null;
  const best =
    file === null
      ? null
      : readFloatTensors(await readChecked(folder, file.file, file.sha256), join(folder, file.file));
  return { state, tensors: readFloatTensors(tensorBytes, join(path, tensorsFile)), best };
}

/** Renames a damaged checkpoint so that it no longer counts; its files stay for inspection. */
export async function setAside(folder: string, name: string): Promise<void> {
  const target = join(folder, `${name}.damaged`);
  await rm(target, { recursive: true, force: true });
  await rename(join(folder, name), target);
}

/** Removes all but the newest `keep` checkpoints, and files of best weights that none of those names. */
export async function pruneCheckpoints(folder: string, keep: number, bestFile: string | null): Promise<void> {
  const names = await listCheckpoints(folder);
  const kept = new Set<string>(bestFile === null ? [] : [bestFile]);
  for (const name of names.slice(0, keep)) {
    const file = await bestFileOf(join(folder, name));
    if (file !== null) kept.add(file);
  }
  for (const name of names.slice(keep)) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of await readdir(folder)) {
    if (name.startsWith('best-') && !kept.has(name)) await rm(join(folder, name), { force: true });
  }
}

/** The best weights that a checkpoint names; null also where it cannot be read, since no run can be resumed from it then. */
async function bestFileOf(path: string): Promise<string | null> {
  const { best } = await readJsonWithin(path, stateFile).catch((error: unknown) => {
    if (error instanceof DataError) return { best: null };
    throw error;
  });
  const { weights } = (best ?? {}) as { weights?: { file?: unknown } | null };
  return typeof weights?.file === 'string' ? weights.file : null;
}

async function refuseLink(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const real = await realpath(path);
  if (real === join(await realpath(folder), name)) return;
  throw new DataError({
    where: path,
    rule: 'a checkpoint lies in its run folder',
    received: `a link to ${real}`,
    remedy: 'Put the checkpoint itself in its place',
  });
}

// Two lines.
const LARGEST_SUMS_BYTES = 4096;
/** Weights, two moments and an average of a quarter of a thousand million parameters. */
const LARGEST_TENSORS_BYTES = 2 ** 32;

async function readPart(path: string, name: string, mostBytes: number): Promise<Uint8Array> {
  return readFileWithin(path, name, (size, where) => {
    if (name === stateFile) refuseLargeJson(size, where);
    if (size > mostBytes) throw new DamagedCheckpoint(`${name} takes ${size} bytes, more than ${mostBytes}`);
  }).catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT' ? new DamagedCheckpoint(`${name} is missing`) : error;
  });
}

async function readChecked(path: string, name: string, expected: string | undefined): Promise<Uint8Array> {
  const bytes = await readPart(path, name, LARGEST_TENSORS_BYTES);
  if (expected === undefined) throw new DamagedCheckpoint(`${sumsFile} does not list ${name}`);
  if (sha256(bytes) !== expected) throw new DamagedCheckpoint(`${name} differs from its checksum`);
  return bytes;
}

function parseState(bytes: Uint8Array, where: string): CheckpointState {
  const state = parseJsonObject(bytes, where);
  const version = ['format', 'formatVersion'].map((name) => printed(state[name])).join(' ');
  if (version !== 'earlyexit-checkpoint 1') {
    throw new DataError({
      where,
      rule: 'must be a checkpoint in format version 1',
      received: version,
      remedy: 'Resume with the version of earlyexit that wrote it',
    });
  }
  const problem = findStateProblem(state);
  if (problem === null) return state as unknown as CheckpointState;
  throw new DataError({
    where,
    rule: `must be a checkpoint as earlyexit writes it: ${problem}`,
    remedy: 'Remove this checkpoint, or train again in another folder',
  });
}

function printed(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 40) : 'none';
}
