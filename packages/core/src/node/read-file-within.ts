import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '../errors/data-error';
import { explainRead } from './file-error';
import { readWholeFile } from './read-whole-file';

/**
 * Reads a file directly in a folder if `checkSize` accepts its size. A link to somewhere else is refused.
 *
 * @throws DataError if it is missing, not a regular file, outside the folder or unreadable; what `checkSize` throws;
 * the reason of `signal` if aborted
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
