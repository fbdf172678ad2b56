import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataError, EarlyExitError, EnvironmentError } from '@earlyexit/core';
import type { Progress } from '../data-source';
import { httpGet } from './http-get';

/** A file to fetch, and how to know that it is the right one. */
export interface Download {
  readonly address: string;
  /** Expected MD5 of the whole file, in hexadecimal. */
  readonly md5: string;
  /** Where the file is kept; the unfinished download lies beside it, as `….part`. */
  readonly path: string;
  /** Whether the network may be used. */
  readonly allowed: boolean;
  /** The data set's name, for messages. */
  readonly dataset: string;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Connections that may break before it gives up; default 4. */
  readonly attempts?: number | undefined;
  /** Wait before the second attempt, doubled each time; default 1,000. */
  readonly retryDelayMs?: number | undefined;
  /** Silence after which a connection counts as broken; default 30,000. */
  readonly silenceMs?: number | undefined;
}

/** An answer of the server that another attempt will not change. */
class FinalAnswer extends Error {}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    (status) => status.size,
    () => null,
  );
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The innermost reason of a failure. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message || errorCode(inner) : String(inner);
}

/** Writes the rest of the file behind what is there; returns once the server has sent all of it. */
async function fetchRest(download: Download, file: FileHandle): Promise<void> {
  const { address, onProgress, signal, silenceMs = 30_000 } = download;
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new Error(`nothing came for ${silenceMs / 1_000} s`));
  }, silenceMs);
  try {
    let done = (await file.stat()).size;
    const response = await httpGet(address, {
      headers: done > 0 ? { range: `bytes=${done}-` } : {},
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    });
    const status = response.statusCode ?? 0;
    if (status !== 200 && status !== 206) {
      response.destroy();
      // There is nothing behind what we have; the checksum tells whether that is the whole file.
      if (status === 416 && done > 0) return;
      const answer = `the server answered ${status} ${response.statusMessage ?? ''}`.trimEnd();
      // 408, 429 and 5xx pass; other refusals stay.
      throw status >= 500 || status === 408 || status === 429 ? new Error(answer) : new FinalAnswer(answer);
    }
    if (status === 200 || contentStart(response) !== done) {
      await file.truncate(0);
      done = 0;
      if (status === 206) {
        response.destroy();
        throw new Error('the server sent another part of the file than was asked for');
      }
    }
    const length = response.headers['content-length'];
    const total = length === undefined ? null : done + Number(length);
    onProgress?.({ stage: 'download', what: address, done, total });
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      timer.refresh();
      // At its own place instead of appended: a second process fetching the same file writes the same bytes there.
      await file.write(piece, 0, piece.length, done);
      done += piece.length;
      onProgress?.({ stage: 'download', what: address, done, total });
    }
    if (total !== null && done < total) throw new Error(`the connection ended at ${done} of ${total} bytes`);
    await file.sync();
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function contentStart(response: IncomingMessage): number | null {
  const match = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '');
  return match === null ? null : Number(match[1]);
}

async function md5Of(path: string, download: Download): Promise<string> {
  const hash = createHash('md5');
  const total = await sizeOf(path);
  let done = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    download.signal?.throwIfAborted();
    hash.update(piece);
    done += piece.length;
    download.onProgress?.({ stage: 'verify', what: path, done, total });
  }
  return hash.digest('hex');
}

function cannotWrite(download: Download, cause: unknown): EnvironmentError {
  const full = errorCode(cause) === 'ENOSPC';
  return new EnvironmentError({
    where: download.path,
    rule: full ? 'the disk is full' : 'the cache folder cannot be written',
    received: reasonOf(cause),
    remedy: `${full ? 'Free some space' : 'Set EARLYEXIT_CACHE to a folder of yours'}, or fetch ${download.address} by hand and name the file (--data-dir)`,
    cause,
  });
}

async function fetchWithRetries(download: Download, part: string): Promise<void> {
  const { address, dataset, signal, attempts = 4, retryDelayMs = 1_000 } = download;
  // Read and write without emptying it: what an earlier run fetched is gone on with.
  const file = await open(part, 'r+').catch(() => open(part, 'w+'));
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await fetchRest(download, file);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG'].includes(errorCode(error)))
          throw cannotWrite(download, error);
        // No address for the server's name, from the start: there is no network, and waiting brings none.
        const offline = attempt === 1 && ['ENOTFOUND', 'EAI_AGAIN'].includes(errorCode(error));
        if (offline || error instanceof FinalAnswer || attempt >= attempts) {
          const kept = (await file.stat()).size;
          throw new EnvironmentError({
            where: dataset,
            rule: `${address} could not be fetched`,
            received: reasonOf(error),
            remedy: `${
              kept > 0
                ? `The ${kept} bytes fetched so far are kept, and the next attempt goes on from there. `
                : ''
            }Without a network, get the file on another machine and name it (--data-dir)`,
            cause: error,
          });
        }
        await sleep(retryDelayMs * 2 ** (attempt - 1), undefined, { signal }).catch(() =>
          signal?.throwIfAborted(),
        );
      }
    }
  } finally {
    await file.close();
  }
}

/**
 * Fetches a file once and keeps it: resumed where an earlier download broke off, checked, and only then given its
 * name, so that a file under that name is always whole.
 *
 * @returns the path of the file
 * @throws EnvironmentError without a network, without permission to use it, or where nothing can be written;
 *   DataError if the checksum is wrong (the download is then removed); the signal's reason if aborted
 */
export async function downloadFile(download: Download): Promise<string> {
  const { address, path, md5, dataset } = download;
  if ((await sizeOf(path)) !== null) return path;
  if (!download.allowed) {
    throw new EnvironmentError({
      where: dataset,
      rule: 'the data are not on this machine, and downloading was not allowed',
      remedy: `Allow it, or get ${address} and name the file (--data-dir)`,
    });
  }
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await fetchWithRetries(download, part);
    const received = await md5Of(part, download);
    if (received !== md5) {
      await rm(part, { force: true });
      throw new DataError({
        where: address,
        rule: `the file has the MD5 checksum ${md5}`,
        received: `${received}; the download was removed`,
        remedy: 'Try again, or get the file elsewhere and name it (--data-dir)',
      });
    }
    await rename(part, path);
  } catch (error) {
    download.signal?.throwIfAborted();
    // Another process was faster and has already given the whole file its name.
    if (errorCode(error) === 'ENOENT' && (await sizeOf(path)) !== null) return path;
    if (EarlyExitError.is(error)) throw error;
    throw cannotWrite(download, error);
  }
  return path;
}
