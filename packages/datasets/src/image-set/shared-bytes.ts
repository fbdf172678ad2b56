/** Whether other threads see the same bytes. */
function isShared(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof SharedArrayBuffer;
}

/** The same bytes in shared memory; copied unless they are there already. */
export function shareBytes(bytes: Uint8Array): Uint8Array {
  if (isShared(bytes)) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** Pieces of bytes laid end to end in one shared buffer: a million names are one object instead of a million. */
export interface SharedPieces {
  readonly bytes: Uint8Array;
  /** `[pieces + 1]`: piece i begins at `starts[i]` and ends at `starts[i + 1]`. */
  readonly starts: Float64Array;
}

/** Copies pieces into shared memory. */
export function sharePieces(count: number, piece: (index: number) => Uint8Array): SharedPieces {
  const starts = new Float64Array(new SharedArrayBuffer((count + 1) * Float64Array.BYTES_PER_ELEMENT));
  for (let index = 0; index < count; index += 1) starts[index + 1] = starts[index]! + piece(index).length;
  const bytes = new Uint8Array(new SharedArrayBuffer(starts[count]));
  for (let index = 0; index < count; index += 1) bytes.set(piece(index), starts[index]);
  return { bytes, starts };
}

/** One of the pieces, not copied. */
export function pieceAt({ bytes, starts }: SharedPieces, index: number): Uint8Array {
  return bytes.subarray(starts[index], starts[index + 1]);
}
