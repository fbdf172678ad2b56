import { DataError, EarlyExitError, type WorkOptions } from '@earlyexit/core';
import { explainRead } from '@earlyexit/core/node';

/** One file of an archive, in memory. */
export interface ArchiveFile {
  /** Path inside the archive, as written there; never used as a path on disk. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What to take from an archive, and the most that it may hold. */
export interface ArchiveOptions extends Pick<WorkOptions, 'onProgress' | 'signal'> {
  /** Which files to take, by their path in the archive. */
  readonly wanted: (name: string) => boolean;
  /** Called for each folder that the archive lists. */
  readonly onFolder?: (name: string) => void;
  /** Called for each link, pipe or device in it; they are never taken. */
  readonly onSpecial?: (name: string) => void;
  /** The most bytes in all files taken together, so that a header cannot exhaust the memory. */
  readonly maxBytes: number;
}

/** Refuses more bytes than `maxBytes`. */
export function checkTaken(taken: number, maxBytes: number, path: string): void {
  if (taken <= maxBytes) return;
  throw new DataError({
    where: path,
    rule: `the files taken from an archive hold at most ${Math.round(maxBytes / 2 ** 20)} MiB`,
    remedy: 'Unpack it and name the folder',
  });
}

/** What went wrong while reading an archive, by its name. */
export function explainArchiveError(
  error: unknown,
  path: string,
  kind: string,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted === true) return signal.reason;
  const explained = explainRead(error, path);
  if (EarlyExitError.is(explained)) return explained;
  return new DataError({
    where: path,
    rule: `this is not a complete ${kind} archive: it is damaged, cut short, or something else`,
    received: error instanceof Error ? error.message : String(error),
    remedy: 'Get the file again',
    cause: error,
  });
}
