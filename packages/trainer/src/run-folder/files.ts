import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EarlyExitError, EnvironmentError } from '@earlyexit/core';

/** Writes a file so that at any moment either the old or the whole new one is there: beside, synced, renamed. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.writing`;
  await writeSynced(beside, content);
  await rename(beside, path);
  await syncFolder(dirname(path));
}

/** Writes a file and waits until it is on the disk. */
export async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the entries of a folder are on the disk, where the system can do that (Windows cannot). */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The SHA-256 of some bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Runs a file operation; what the system refuses becomes an EnvironmentError that says what was being done. */
export async function withFiles<Result>(where: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    const code = errorCode(error);
    if (EarlyExitError.is(error) || code === null) throw error;
    throw new EnvironmentError({
      where,
      rule: 'the folder must be readable and writable, with room on its disk',
      received: error instanceof Error ? error.message : code,
      remedy:
        code === 'ENOSPC'
          ? 'Make room, then go on with resume'
          : 'Check its permissions, or choose another folder',
      cause: error,
    });
  }
}

/** The system's code of an error, such as `ENOENT`; null if it is not the system's. */
export function errorCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : null;
}
