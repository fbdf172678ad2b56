import { DataError } from '@earlyexit/core';
import { openPromise } from 'yauzl';
import { type ArchiveFile, type ArchiveOptions, checkTaken, explainArchiveError } from './archive-options';

/** Type of a file in the upper half of a Unix mode. */
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * Reads the files of a `.zip` into memory, in the archive's order; see `readArchive`.
 *
 * @throws DataError if the archive is damaged, encrypted, or larger than `maxBytes`
 */
export async function* readZipArchive(path: string, options: ArchiveOptions): AsyncGenerator<ArchiveFile> {
  const { onProgress, signal } = options;
  try {
    const archive = await openPromise(path, { autoClose: false });
    try {
      const total = archive.fileSize;
      let taken = 0;
      let done = 0;
      for await (const entry of archive.eachEntry()) {
        signal?.throwIfAborted();
        const { fileName: name, uncompressedSize: size } = entry;
        done += entry.compressedSize;
        if (name.endsWith('/')) {
          options.onFolder?.(name);
          continue;
        }
        if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK) {
          options.onSpecial?.(name);
          continue;
        }
        if (!options.wanted(name)) continue;
        if (entry.isEncrypted()) {
          throw new DataError({
            where: `${path}: ${name}`,
            rule: 'the archive is not encrypted',
            remedy: 'Unpack it and name the folder',
          });
        }
        taken += size;
        checkTaken(taken, options.maxBytes, path);
        const bytes = new Uint8Array(size);
        let filled = 0;
        // The reader checks that there are as many bytes as announced.
        for await (const piece of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
          bytes.set(piece, filled);
          filled += piece.length;
        }
        onProgress?.({ what: `reading ${path}`, done, total, unit: 'bytes' });
        yield { name, bytes };
      }
    } finally {
      archive.close();
    }
  } catch (error) {
    throw explainArchiveError(error, path, '.zip', signal);
  }
}
