import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { DataError } from '../errors/data-error';
import { explainRead } from './file-error';

// Opening a pipe in place of a file could wait forever. (Windows has neither.)
const WITHOUT_WAITING = constants.O_RDONLY | ((constants as Partial<typeof constants>).O_NONBLOCK ?? 0);

/** The kind of a directory entry, in words. */
export function kindOfEntry(status: Stats): string {
  if (status.isFile()) return 'a file';
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a named pipe';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}

/** An open file and its size when it was opened. */
export interface OpenFile {
  readonly file: FileHandle;
  /** Bytes. */
  readonly size: number;
}

/**
 * Opens a regular file for reading, following links. A pipe, socket or device is refused without waiting for it. The
 * caller closes `file`.
 *
 * @throws DataError that names the path, and what is there instead of a file
 */
export async function openRegularFile(path: string): Promise<OpenFile> {
  let file: FileHandle | null = null;
  try {
    // Checked before it is opened, because opening a device can have side effects.
    refuseOther(await stat(path), path);
    file = await open(path, WITHOUT_WAITING);
    const status = await file.stat();
    refuseOther(status, path);
    return { file, size: status.size };
  } catch (error) {
    await file?.close();
    throw explainRead(error, path);
  }
}

function refuseOther(status: Stats, path: string): void {
  const kind = kindOfEntry(status);
  if (kind !== 'a file') throw new DataError({ where: path, rule: 'this is a file', received: kind });
}
