import { DataError } from '@earlyexit/core';
import { kindOfPath, openRegularFile } from '@earlyexit/core/node';
import { requireWritable } from './require-writable';

// A header of ours stands in the first kilobytes.
const LOOKED_AT_BYTES = 65_536;

/**
 * Looks before slow work begins whether a result may be written to a path: nothing lies there, or an earlier result.
 *
 * @param option that names the path
 * @param isOurs told how the file begins, byte by character
 * @param force whether any file may be replaced
 * @throws DataError for a file that is not of ours; EnvironmentError if it cannot be written
 */
export async function requireOwnFile(
  option: string,
  path: string,
  isOurs: (beginning: string) => boolean,
  force: boolean,
): Promise<void> {
  await requireWritable(path);
  if (force || (await kindOfPath(path)) !== 'file') return;
  const { file } = await openRegularFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT_BYTES), 0, LOOKED_AT_BYTES, 0);
    if (isOurs(buffer.toString('latin1', 0, bytesRead))) return;
  } finally {
    await file.close();
  }
  throw new DataError({
    where: option,
    rule: 'only an earlier result is replaced',
    received: `${path}, another file`,
    remedy: 'Name another file, or add --force',
  });
}
