import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type ArchiveFile, type ArchiveOptions, checkTaken, explainArchiveError } from './archive-options';

// Large reads: an archive of 170 MB in pieces of the default 64 KiB spends more time between pieces than in them.
const PIECE_BYTES = 2 ** 20;

/**
 * Reads the regular files of a `.tar` or `.tar.gz` into memory, in the archive's order. Nothing is written to
 * disk, so that paths and links inside the archive can do no harm.
 *
 * @throws DataError if the archive is not a tar, damaged, cut short, or larger than `maxBytes`
 */
export async function* readTarArchive(
  path: string,
  isGzipped: boolean,
  options: ArchiveOptions,
): AsyncGenerator<ArchiveFile> {
  const { onProgress, signal } = options;
  const unpacked = extract();
  try {
    const total = (await stat(path)).size;
    const unzip = isGzipped ? [createGunzip({ chunkSize: PIECE_BYTES })] : [];
    const packed = createReadStream(path, { highWaterMark: PIECE_BYTES });
    const reading = pipeline([packed, ...unzip, unpacked], { signal });
    // After the pipeline: a listener alone sets the stream flowing, and its first pieces would go nowhere.
    packed.on('data', () =>
      onProgress?.({ what: `reading ${path}`, done: packed.bytesRead, total, unit: 'bytes' }),
    );
    // The loop below reports the failure; without this, a failure between two entries would end the process.
    reading.catch(() => undefined);
    let taken = 0;
    for await (const entry of unpacked) {
      const { name, type, size } = entry.header;
      if (type === 'directory') options.onFolder?.(name);
      else if (type !== 'file') options.onSpecial?.(name);
      if (type !== 'file' || !options.wanted(name)) {
        entry.resume();
        continue;
      }
      taken += size;
      checkTaken(taken, options.maxBytes, path);
      const bytes = new Uint8Array(size);
      let filled = 0;
      for await (const piece of entry as AsyncIterable<Uint8Array>) {
        bytes.set(piece, filled);
        filled += piece.length;
      }
      yield { name, bytes };
    }
    await reading;
  } catch (error) {
    throw explainArchiveError(error, path, '.tar or .tar.gz', signal);
  } finally {
    unpacked.destroy();
  }
}
