import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '@earlyexit/core';
import { encodeEvent, type EventContent, fileVersion } from './event-messages';
import type { RecordFraming } from './record-framing';

/** An event file that is being written. */
export interface EventFile {
  readonly path: string;
  append(content: EventContent, step: number): void;
  /** Waits until everything is on the disk. */
  sync(): void;
  close(): void;
}

const namePattern = /^events\.out\.tfevents\.(\d{10})\./;

/**
 * Begins a new event file in `directory`, which is made if need be.
 *
 * Each event is handed to the system at once, so that a process that is killed loses nothing.
 *
 * @throws EnvironmentError if the folder cannot be written
 */
export function openEventFile(directory: string, frame: RecordFraming): EventFile {
  const where = `TensorBoard folder ${directory}`;
  const { path, descriptor } = withSystem(where, () => {
    mkdirSync(directory, { recursive: true });
    const before = readdirSync(directory).map((name) => Number(namePattern.exec(name)?.[1] ?? 0));
    // Readers take the files in the order of their names: a resumed run must come after the one it resumes, even
    // within the same second.
    const second = Math.max(Math.floor(Date.now() / 1000), ...before.map((time) => time + 1));
    const stamp = String(second).padStart(10, '0');
    const file = join(directory, `events.out.tfevents.${stamp}.${hostname()}.${String(process.pid)}.0`);
    return { path: file, descriptor: openSync(file, 'wx') };
  });
  const write = (content: EventContent, step: number): void => {
    const record = frame(encodeEvent(content, step, Date.now() / 1000));
    withSystem(path, () => writeSync(descriptor, record));
  };
  write(fileVersion, 0);
  return {
    path,
    append: write,
    sync: () => {
      withSystem(path, () => {
        fsyncSync(descriptor);
      });
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

function withSystem<Result>(where: string, operation: () => Result): Result {
  try {
    return operation();
  } catch (cause) {
    throw new EnvironmentError({
      where,
      rule: 'it must be writable, with room on its disk',
      received: cause instanceof Error ? cause.message : String(cause),
      remedy: 'Make room or check its permissions, then go on with resume',
      cause,
    });
  }
}
