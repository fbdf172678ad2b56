import { DataError } from '@earlyexit/core';
import { readWholeFile } from '@earlyexit/core/node';

// The largest picture that can be decoded takes 800 MB raw; encoded, a file of 256 MiB is a film or an accident.
const MOST_BYTES = 2 ** 28;

/** Refuses a file that is too large for a picture. */
export function refuseLargeImage(bytes: number, where: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new DataError({
    where,
    rule: `an image file takes at most ${MOST_BYTES / 2 ** 20} MiB`,
    received: `${Math.round(bytes / 2 ** 20)} MiB`,
  });
}

/**
 * Reads an encoded image: a regular file of at most 256 MiB.
 *
 * @throws DataError that names the file; the reason of `signal`
 */
export function readImageFile(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  return readWholeFile(path, { size: refuseLargeImage, signal });
}
