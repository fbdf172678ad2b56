import type { FileHandle } from 'node:fs/promises';

// Small enough to notice an interruption at once, large enough to cost nothing.
const PIECE_BYTES = 2 ** 24;

/**
 * Reads from an open file until `bytes` is full or the file ends, because a single read may return less than requested.
 *
 * @param options `from` is the position in the file to begin at, 0 unless given @returns the number of bytes read
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
