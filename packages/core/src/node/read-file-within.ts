import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '../errors/data-error';
import { explainRead } from './file-error';
import { readWholeFile } from './read-whole-file';

/**
 * Reads a file that lies directly in a folder, of a size that `checkSize` does not refuse, and nothing that a link
 * elsewhere points to.
 *
 * @throws DataError if it is missing, no regular file, outside the folder or unreadable; what `checkSize` throws; the
 * reason of `signal` if aborted
 */
export async function readFileWithin(
  directory: string,
  name: string,
  checkSize: (bytes: number, path: string) => void,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(directory, name);
  const [real, folder] = await Promise.all([realpath(path), realpath(directory)]).catch((error: unknown) => {
    throw explainRead(error, path);
  });
  if (dirname(real) !== folder) {
    throw new DataError({
      where: path,
      rule: 'the file lies in the folder',
      received: `a link to ${real}`,
    });
  }
  return readWholeFile(real, { size: checkSize, signal, where: path });
}
