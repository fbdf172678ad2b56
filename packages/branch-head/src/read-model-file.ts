import { DataError, EarlyExitError } from '@earlyexit/exit-criteria';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Reads a file of the folder, of a size that `checkSize` does not refuse, and nothing that a link elsewhere points to.
 *
 * @throws DataError if it is missing, no file, outside the folder or unreadable; what `checkSize` throws.
 */
export async function readModelFile(
  path: string,
  directory: string,
  checkSize: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
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
    file = await open(real, 'r');
    const status = await file.stat();
    if (!status.isFile()) {
      throw new DataError({
        where: path,
        rule: 'this is a file',
        received: status.isDirectory() ? 'a folder' : 'none',
      });
    }
    checkSize(status.size);
    const bytes = new Uint8Array(status.size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === bytes.length ? bytes : bytes.slice(0, filled);
  } catch (error) {
    throw EarlyExitError.is(error)
      ? error
      : unreadable(path, 'this file of a saved model can be read', error);
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
