import { DataError } from '@earlyexit/core';
import { openRegularFile } from '@earlyexit/core/node';
import type { ArchiveFile, ArchiveOptions } from './archive-options';
import { readTarArchive } from './tar-archive';
import { readZipArchive } from './zip-archive';

const UNPACK = 'Unpack it and name the folder, or pack it as .tar.gz or .zip';

/** Archives that are not read, by their first bytes. */
const others: readonly (readonly [beginning: string, what: string])[] = [
  ['\xfd7zXZ\0', 'an archive packed by xz (.tar.xz)'],
  ['BZh', 'an archive packed by bzip2 (.tar.bz2)'],
  ['\x28\xb5\x2f\xfd', 'an archive packed by Zstandard (.tar.zst)'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
];

async function readStart(path: string): Promise<string> {
  const { file } = await openRegularFile(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Reads the regular files of a `.tar`, `.tar.gz` or `.zip` into memory, in the archive's order. Nothing is written to
 * disk, so that paths and links inside the archive can do no harm.
 *
 * @throws DataError if it is another archive, damaged, cut short, or larger than `maxBytes`
 */
export async function* readArchive(path: string, options: ArchiveOptions): AsyncGenerator<ArchiveFile> {
  const start = await readStart(path);
  if (start === '') {
    throw new DataError({ where: path, rule: 'an archive is expected', received: 'an empty file' });
  }
  const other = others.find(([beginning]) => start.startsWith(beginning));
  if (other !== undefined) {
    throw new DataError({
      where: path,
      rule: 'an archive is a .tar, .tar.gz or .zip',
      received: other[1],
      remedy: UNPACK,
    });
  }
  if (start.startsWith('PK\x03') || start.startsWith('PK\x05')) yield* readZipArchive(path, options);
  else yield* readTarArchive(path, start.startsWith('\x1f\x8b'), options);
}
