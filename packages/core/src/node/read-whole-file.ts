import { DataError } from '../errors/data-error';
import { explainRead } from './file-error';
import { readInto } from './read-into';
import { openRegularFile } from './regular-file';

/** Options of `readWholeFile`. */
export interface ReadFileOptions {
  /** The largest size in bytes; or a function that throws for a size to refuse, before memory is allocated for it. */
  readonly size: number | ((bytes: number, path: string) => void);
  readonly signal?: AbortSignal | undefined;
  /** The file's name in errors; `path` unless given. */
  readonly where?: string | undefined;
}

/**
 * Reads a whole file: the one way to read what a user named. Only regular files of an accepted size, opened without
 * blocking, and interruptible.
 *
 * @throws DataError that names the file if it is missing, not a regular file, too large or unreadable; the reason of
 * `signal` if aborted
 */
export async function readWholeFile(
  path: string,
  { size: refuse, signal, where = path }: ReadFileOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  const { file, size } = await openRegularFile(path);
  try {
    if (typeof refuse === 'function') refuse(size, where);
    else refuseLarge(size, refuse, where);
    const bytes = new Uint8Array(size);
    const filled = await readInto(bytes, file, { signal });
    // The file may have become shorter since.
    return filled === size ? bytes : bytes.slice(0, filled);
  } catch (error) {
    throw explainRead(error, where);
  } finally {
    await file.close();
  }
}

/** @throws DataError for more bytes than a file may take */
export function refuseLarge(bytes: number, most: number, where: string): void {
  if (bytes <= most) return;
  throw new DataError({
    where,
    rule: `the file takes at most ${String(most)} bytes`,
    received: String(bytes),
  });
}
