import type { FileHandle } from 'node:fs/promises';

// Small enough that an interruption is heard at once, large enough that it costs nothing.
const PIECE_BYTES = 2 ** 24;

/**
 * Reads from an open file until `bytes` is full or the file ends: one read may give less than was asked for.
 *
 * @param options `from` is the place in the file where to begin, 0 unless given
 * @returns how many bytes were read
 * @throws the reason of `signal` if aborted
 */
export async function readInto(
  bytes: Uint8Array,
  file: Pick<FileHandle, 'read'>,
  { from = 0, signal }: { readonly from?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    signal?.throwIfAborted();
    const length = Math.min(PIECE_BYTES, bytes.length - filled);
    const { bytesRead } = await file.read(bytes, filled, length, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  signal?.throwIfAborted();
  return filled;
}
