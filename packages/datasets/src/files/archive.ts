import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DataError, EarlyExitError } from '@earlyexit/core';
import { extract } from 'tar-stream';
import type { Progress } from '../data-source';
import { explainFileError } from './file-error';

/** One file of an archive, in memory. */
export interface ArchiveFile {
  /** Path inside the archive, as written there; never used as a path on disk. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What to take from an archive, and how much at most. */
export interface ArchiveOptions {
  /** Which files to take, by their path in the archive. */
  readonly wanted: (name: string) => boolean;
  /** Called for each folder that the archive lists. */
  readonly onFolder?: (name: string) => void;
  /** Bytes that the files taken may hold together, so that a header cannot exhaust the memory. */
  readonly maxBytes: number;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

// Large reads: an archive of 170 MB in pieces of the default 64 KiB spends more time between pieces than in them.
const PIECE_BYTES = 2 ** 20;

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    if (bytesRead === 0)
      throw new DataError({ where: path, rule: 'an archive is expected', received: 'an empty file' });
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/**
 * Reads the regular files of a `.tar` or `.tar.gz` into memory, in the archive's order. Nothing is written to
 * disk, so that paths and links inside the archive can do no harm.
 *
 * @throws DataError if the archive is no tar, damaged, cut short, or larger than `maxBytes`
 */
export async function* readArchive(path: string, options: ArchiveOptions): AsyncGenerator<ArchiveFile> {
  const { onProgress, signal } = options;
  const unpacked = extract();
  try {
    const total = (await stat(path)).size;
    const unzip = (await isGzip(path)) ? [createGunzip({ chunkSize: PIECE_BYTES })] : [];
    const packed = createReadStream(path, { highWaterMark: PIECE_BYTES });
    const reading = pipeline([packed, ...unzip, unpacked], { signal });
    // After the pipeline: a listener alone sets the stream flowing, and its first pieces would go nowhere.
    packed.on('data', () => onProgress?.({ stage: 'read', what: path, done: packed.bytesRead, total }));
    // The loop below reports the failure; without this, a failure between two entries would end the process.
    reading.catch(() => undefined);
    let taken = 0;
    for await (const entry of unpacked) {
      const { name, type, size } = entry.header;
      if (type === 'directory') options.onFolder?.(name);
      if (type !== 'file' || !options.wanted(name)) {
        entry.resume();
        continue;
      }
      taken += size;
      if (taken > options.maxBytes) {
        throw new DataError({
          where: path,
          rule: `the files of this archive may hold at most ${Math.round(options.maxBytes / 2 ** 20)} MiB`,
          remedy: 'Unpack it and name the folder',
        });
      }
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
    throw explainArchiveError(error, path, signal);
  } finally {
    unpacked.destroy();
  }
}

function explainArchiveError(error: unknown, path: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  const explained = explainFileError(error, path);
  if (EarlyExitError.is(explained)) return explained;
  return new DataError({
    where: path,
    rule: 'this is no whole .tar or .tar.gz archive: it is damaged, cut short, or something else',
    received: error instanceof Error ? error.message : String(error),
    remedy: 'Get the file again',
    cause: error,
  });
}
