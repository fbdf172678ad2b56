import { createHash } from 'node:crypto';
import { explainRead } from './file-error';
import { openRegularFile } from './regular-file';

/** A checksum that a file must have. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha256' | 'sha512';
  /** In hexadecimal, lower case. */
  readonly hex: string;
}

/** Options of `digestOfFile`. */
export interface DigestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes read so far, and the total. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}

const PIECE_BYTES = 2 ** 20;

/**
 * The digest of a file in hexadecimal, read in pieces.
 *
 * @throws DataError if it cannot be read; the reason of `signal` if aborted
 */
export async function digestOfFile(
  path: string,
  algorithm: Checksum['algorithm'],
  { signal, onBytes }: DigestOptions = {},
): Promise<string> {
  const hash = createHash(algorithm);
  const { file, size } = await openRegularFile(path);
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (let done = 0; ;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
      done += bytesRead;
      onBytes?.(done, size);
    }
  } catch (error) {
    throw explainRead(error, path);
  } finally {
    await file.close();
  }
}

/** Whether a file exists and has this checksum. */
export async function hasChecksum(
  path: string,
  { algorithm, hex }: Checksum,
  options?: DigestOptions,
): Promise<boolean> {
  try {
    return (await digestOfFile(path, algorithm, options)) === hex;
  } catch {
    options?.signal?.throwIfAborted();
    return false;
  }
}
