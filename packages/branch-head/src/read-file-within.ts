import { DataError, EarlyExitError } from '@earlyexit/core';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// A pipe in the place of a file would be waited for without end. (Windows has neither.)
const WITHOUT_WAITING = constants.O_RDONLY | ((constants as Partial<typeof constants>).O_NONBLOCK ?? 0);

/**
 * Reads a file that lies directly in a folder, of a size that `checkSize` does not refuse, and nothing that a link
 * elsewhere points to.
 *
 * @throws DataError if it is missing, no file, outside the folder or unreadable; what `checkSize` throws.
 */
export async function readFileWithin(
  directory: string,
  name: string,
  checkSize: (bytes: number, path: string) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(directory, name);
  let file: FileHandle | null = null;
  try {
    const real = await realpath(path);
    if (dirname(real) !== (await realpath(directory))) {
      throw new DataError({
        where: path,
        rule: 'the file lies in the folder',
        received: `a link to ${real}`,
      });
    }
    file = await open(real, WITHOUT_WAITING);
    const status = await file.stat();
    if (!status.isFile()) {
      throw new DataError({
        where: path,
        rule: 'this is a file',
        received: status.isDirectory() ? 'a folder' : 'none',
      });
    }
    checkSize(status.size, path);
    const bytes = new Uint8Array(status.size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === bytes.length ? bytes : bytes.slice(0, filled);
  } catch (error) {
    throw EarlyExitError.is(error) ? error : unreadable(path, 'this file can be read', error);
  } finally {
    await file?.close();
  }
}

/** The error for a path that cannot be read. */
export function unreadable(path: string, rule: string, cause: unknown): DataError {
  const { code } = cause as NodeJS.ErrnoException;
  return new DataError({
    where: path,
    rule,
    received:
      code === 'ENOENT' ? 'nothing of that name' : cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}
