import { appendFile, mkdir, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { DataError, type WorkOptions } from '@earlyexit/core';
import {
  errorCode,
  explainWrite,
  kindOfPath,
  lockFolder,
  readWholeFile,
  writeWholeFile,
} from '@earlyexit/core/node';
import { type HostTensor, writeSafetensors } from '@earlyexit/core/safetensors';
import type { EpochMetrics } from '../epoch/epoch-metrics';
import type { TrainingEvent } from '../training/training-event';
import {
  type BestRecord,
  type Checkpoint,
  DamagedCheckpoint,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  setAside,
  writeCheckpoint,
} from './checkpoint';
import { encodeConfig } from './config-file';
import { sha256, withFiles } from './files';
import { metricsCsv } from './metrics-csv';
import { encodeSplits, type KnownSamples, recordSamples, SPLITS_FILE } from './splits-file';

/** A checkpoint that was found to go on from, and those that were damaged. */
export interface FoundCheckpoint {
  readonly name: string;
  readonly checkpoint: Awaited<ReturnType<typeof readCheckpoint>>;
}

/** The files of one training. */
export interface RunFolder {
  readonly path: string;
  /** The newest checkpoint that is whole; each damaged one before it is handed to `damaged`. */
  findCheckpoint(damaged: (message: string) => Promise<void>): Promise<FoundCheckpoint | null>;
  /** `config` is what the caller remembers, `training` the settings of the training. */
  writeConfig(
    config: Readonly<Record<string, unknown>>,
    training: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** Records which sample is in which split, once: a resumed training keeps its record. */
  recordSamples(samples: KnownSamples, work: WorkOptions): Promise<void>;
  writeMetrics(history: readonly EpochMetrics[], exitNames: readonly string[]): Promise<void>;
  appendEvent(event: TrainingEvent): Promise<void>;
  /** Saves weights of the best epoch under a name of their own, for checkpoints to refer to. */
  writeBest(epoch: number, weights: ReadonlyMap<string, HostTensor>): Promise<BestRecord['weights']>;
  /** Gives the path of the new checkpoint. */
  writeCheckpoint(checkpoint: Checkpoint, keep: number): Promise<string>;
  saveModel(model: MultiExitModel, which: 'best' | 'last'): Promise<void>;
  /** Gives the folder free for other processes. */
  close(): void;
}

/** The file by which a process keeps a run folder to itself; see `lockFolder`. */
const lockName = 'lock';

// Every run folder has it from the start, whatever else lies beside it.
const ownName = 'checkpoints';

/**
 * Opens the folder of a training, makes it if need be, and keeps every other process from it until it is closed.
 *
 * @throws DataError if it is not empty and `resume` is false, if it is no folder, or if it is not that of a training;
 *   EnvironmentError if another process works in it, or it cannot be written to
 */
export async function openRunFolder(path: string, resume: boolean): Promise<RunFolder> {
  const where = `run folder ${path}`;
  const checkpoints = join(path, ownName);
  const record = join(path, 'events.jsonl');
  const check = (): Promise<void> => requireRunFolder(path, resume);
  await check();
  const unlock = lockFolder(path, 'a training', lockName);
  await withFiles(where, async () => {
    // Another process may have come and gone between the check and the lock.
    await check();
    await mkdir(checkpoints, { recursive: true });
    await mkdir(join(path, 'model'), { recursive: true });
    await dropTornLine(record);
  }).catch((error: unknown) => {
    unlock();
    throw error;
  });
  return {
    path,
    close: unlock,
    async findCheckpoint(damaged) {
      const names = await withFiles(where, () => listCheckpoints(checkpoints));
      for (const name of names) {
        try {
          return { name, checkpoint: await withFiles(where, () => readCheckpoint(checkpoints, name)) };
        } catch (error) {
          if (!(error instanceof DamagedCheckpoint)) throw error;
          await damaged(
            `The checkpoint ${join(checkpoints, name)} is damaged and is passed over: ${error.message}`,
          );
          await withFiles(where, () => setAside(checkpoints, name));
        }
      }
      if (names.length === 0) return null;
      throw new DataError({
        where,
        rule: 'at least one checkpoint must be whole to be resumed',
        received: `${names.length} damaged`,
        remedy: 'Train again in another folder',
      });
    },
    writeConfig: (config, training) =>
      withFiles(where, async () =>
        writeWholeFile(join(path, 'config.json'), await encodeConfig(config, training)),
      ),
    async recordSamples(samples, work) {
      const file = join(path, SPLITS_FILE);
      if ((await withFiles(where, () => kindOfPath(file))) !== null) return;
      const record = await recordSamples(samples, work);
      if (record === null) return;
      await withFiles(where, async () => writeWholeFile(file, await encodeSplits(record)));
    },
    writeMetrics: (history, exitNames) =>
      withFiles(where, () => writeWholeFile(join(path, 'metrics.csv'), metricsCsv(history, exitNames))),
    appendEvent: (event) =>
      withFiles(where, async () => {
        const line = `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`;
        await appendFile(record, line).catch((error: unknown) => {
          // The system does not name the file when the disk is full.
          throw explainWrite(error, record);
        });
      }),
    writeBest: (epoch, weights) =>
      withFiles(where, async () => {
        const bytes = writeSafetensors(weights);
        const file = `best-epoch-${String(epoch).padStart(4, '0')}.safetensors`;
        await writeWholeFile(join(checkpoints, file), bytes);
        return { file, sha256: sha256(bytes) };
      }),
    writeCheckpoint: (checkpoint, keep) =>
      withFiles(where, async () => {
        const name = await writeCheckpoint(checkpoints, checkpoint);
        await pruneCheckpoints(checkpoints, keep, checkpoint.state.best?.weights?.file ?? null);
        return join(checkpoints, name);
      }),
    saveModel: (model, which) => withFiles(where, () => saveModel(model, join(path, 'model', which))),
  };
}

/**
 * Checks that a training may begin in a folder, or be resumed in it, as `train` does: for callers with slow work ahead.
 *
 * @throws DataError if it is not empty and `resume` is false, if it is no folder, or if it is not that of a training
 */
export async function requireRunFolder(path: string, resume: boolean): Promise<void> {
  const where = `run folder ${path}`;
  const found = await withFiles(where, () => namesIn(path, where));
  const names = found.filter((name) => name !== lockName);
  if (names.length === 0) return;
  const some = `a folder with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
  if (!resume) {
    throw new DataError({
      where,
      argument: 'resume',
      rule: 'must be empty or not exist yet',
      received: some,
      remedy: 'Choose another folder, or resume the training in it',
    });
  }
  if (!names.includes(ownName)) {
    throw new DataError({
      where,
      rule: 'must hold a training to be resumed',
      received: `${some}, but without ${ownName}`,
      remedy: 'Check the path, or train into another folder',
    });
  }
}

async function namesIn(path: string, where: string): Promise<string[]> {
  const status = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (status === null) return [];
  if (!status.isDirectory()) {
    throw new DataError({
      where,
      rule: 'must be a folder',
      received: 'a file',
      remedy: 'Choose another path',
    });
  }
  return readdir(path);
}

// A thousand epochs take about a megabyte.
const LARGEST_EVENTS_BYTES = 2 ** 30;

/** A process that is killed while it writes leaves half a line; the next event must begin on a line of its own. */
async function dropTornLine(path: string): Promise<void> {
  const bytes = await readWholeFile(path, { size: LARGEST_EVENTS_BYTES }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return new Uint8Array(0);
    throw error;
  });
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) await truncate(path, end);
}
