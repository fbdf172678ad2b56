import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataError } from '../../errors/data-error';
import { EarlyExitError } from '../../errors/earlyexit-error';
import { EnvironmentError } from '../../errors/environment-error';
import type { WorkOptions } from '../../work-options';
import { type Checksum, digestOfFile } from '../digest-of-file';
import { errorCode } from '../file-error';
import { fetchRest, FinalAnswer } from './fetch-rest';

/** A file to fetch, and how to know that it is the right one. */
export interface VerifiedDownload extends Pick<WorkOptions, 'signal' | 'onProgress'> {
  readonly address: string;
  /** Of the whole file. */
  readonly checksum: Checksum;
  /** Where the file is kept; the unfinished download is beside it, as `….part`. */
  readonly path: string;
  /** Whether the network may be used; true unless given. */
  readonly allowed?: boolean | undefined;
  /** What is fetched, for messages: `cifar10`. */
  readonly where: string;
  /**
   * The way out if the file cannot be fetched, as the beginning of a sentence: `Get it elsewhere and name its folder`.
   */
  readonly otherwise: string;
  /** How to choose another folder if this one cannot be written; nothing unless given. */
  readonly otherFolder?: string | undefined;
  /** The number of attempts before it gives up; 4 unless given. */
  readonly attempts?: number | undefined;
  /** The wait before the second attempt, doubled each time; 1,000 unless given. */
  readonly retryDelayMs?: number | undefined;
  /** Silence after which a connection counts as broken; 30,000 unless given. */
  readonly silenceMs?: number | undefined;
}

/**
 * Fetches a file once and keeps it: the download resumes where an earlier one broke off, is checked, and only then gets
 * its name, so that a file under that name is always complete.
 *
 * @returns the path of the file
 * @throws EnvironmentError without a network, without permission to use it, or if nothing can be written; DataError
 *   if the checksum is wrong (the download is then removed); the signal's reason if aborted
 */
export async function downloadVerified(download: VerifiedDownload): Promise<string> {
  const { address, path, where, otherwise, signal } = download;
  if (await isThere(path)) return path;
  if (download.allowed === false) {
    throw new EnvironmentError({
      where,
      rule: `${address} is not on this machine, and downloading was not allowed`,
      remedy: `Allow it. Or: ${otherwise}`,
    });
  }
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await fetchWithRetries(download, part);
    await verify(download, part);
    await rename(part, path);
  } catch (error) {
    signal?.throwIfAborted();
    // Another process was faster and has already renamed the complete file.
    if (errorCode(error) === 'ENOENT' && (await isThere(path))) return path;
    if (EarlyExitError.is(error)) throw error;
    throw cannotWrite(download, error);
  }
  return path;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function verify(download: VerifiedDownload, part: string): Promise<void> {
  const { address, checksum, otherwise, signal, onProgress } = download;
  const { algorithm, hex } = checksum;
  const received = await digestOfFile(part, algorithm, {
    signal,
    onBytes: (done, total) => onProgress?.({ what: `checking ${address}`, done, total, unit: 'bytes' }),
  });
  if (received === hex) return;
  await rm(part, { force: true });
  throw new DataError({
    where: address,
    rule: `the file has the ${algorithm.toUpperCase().replace('SHA', 'SHA-')} checksum ${hex}`,
    received: `${received}; the download was removed`,
    remedy: `Try again; if it happens again, a proxy or the server alters files. ${otherwise}`,
  });
}

async function fetchWithRetries(download: VerifiedDownload, part: string): Promise<void> {
  const { address, signal, attempts = 4, retryDelayMs = 1_000, silenceMs = 30_000, onProgress } = download;
  // Read and write without truncating: an earlier run's download is continued.
  const file = await open(part, 'r+').catch(() => open(part, 'w+'));
  const onBytes = (done: number, total: number | null): void =>
    onProgress?.({ what: `downloading ${address}`, done, total, unit: 'bytes' });
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await fetchRest(address, file, { signal, silenceMs, onBytes });
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG'].includes(errorCode(error) ?? ''))
          throw cannotWrite(download, error);
        // If the server's name does not resolve at the first attempt, there is no network, and waiting will not help.
        const offline = attempt === 1 && ['ENOTFOUND', 'EAI_AGAIN'].includes(errorCode(error) ?? '');
        if (offline || error instanceof FinalAnswer || attempt >= attempts)
          throw await cannotFetch(download, file, error);
        await sleep(retryDelayMs * 2 ** (attempt - 1), undefined, { signal }).catch(() =>
          signal?.throwIfAborted(),
        );
      }
    }
  } finally {
    await file.close();
  }
}

async function cannotFetch(
  { address, where, otherwise }: VerifiedDownload,
  file: FileHandle,
  cause: unknown,
): Promise<EnvironmentError> {
  const kept = (await file.stat()).size;
  const goesOn =
    kept > 0
      ? `The ${String(kept)} bytes fetched so far are kept, and the next attempt goes on from there. `
      : '';
  return new EnvironmentError({
    where,
    rule: `${address} could not be fetched`,
    received: reasonOf(cause),
    remedy: `${goesOn}Check the network. Without one: ${otherwise}`,
    cause,
  });
}

function cannotWrite({ path, address, otherFolder }: VerifiedDownload, cause: unknown): EnvironmentError {
  const isFull = ['ENOSPC', 'EDQUOT'].includes(errorCode(cause) ?? '');
  return new EnvironmentError({
    where: path,
    rule: isFull ? `there is room on the disk for ${address}` : 'the folder of downloads can be written',
    received: reasonOf(cause),
    remedy:
      [isFull ? ['Free some space'] : [], otherFolder ?? []].flat().join(', or ') || 'Look at the cause',
    cause,
  });
}

/** The innermost cause of a failure. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message || (errorCode(inner) ?? inner.name) : String(inner);
}
