import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DataError } from '@earlyexit/core';
import { explainWrite } from '@earlyexit/core/node';
import { openPromise, type ZipFile } from 'yauzl';

/**
 * Unpacks the files of a zip archive (such as a wheel) for which `wanted` is true, piece by piece, so that it can
 * handle libraries of gigabytes.
 *
 * @throws DataError if it is not a complete zip archive, or one of its files would lie outside `target`
 */
export async function unzip(
  archive: string,
  target: string,
  wanted: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const file = await explained(archive, openPromise(archive, { autoClose: false }));
  try {
    const entries = file.eachEntry();
    for (;;) {
      signal?.throwIfAborted();
      const next = await explained(archive, entries.next());
      if (next.done === true) return;
      const { fileName: name } = next.value;
      if (name.endsWith('/') || !wanted(name)) continue;
      // The reader has refused names that lead out of the folder. The folder is created first, because nothing may be
      // awaited between opening a stream and reading it, or an error of the stream would go unhandled.
      const path = join(target, name);
      await makeFolderOf(path);
      const content = await explained(archive, file.openReadStreamPromise(next.value));
      await writeEntry(content, archive, path, signal);
    }
  } finally {
    file.close();
  }
}

async function makeFolderOf(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw explainWrite(error, path);
  }
}

async function writeEntry(
  content: Awaited<ReturnType<ZipFile['openReadStreamPromise']>>,
  archive: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await pipeline(content, createWriteStream(path), signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (content.errored === error) throw damaged(archive, error);
    throw explainWrite(error, path);
  }
}

async function explained<Result>(archive: string, reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    throw damaged(archive, error);
  }
}

function damaged(archive: string, cause: unknown): DataError {
  return new DataError({
    where: archive,
    rule: 'it must be a zip archive, whole, whose files stay inside the folder they are unpacked to',
    received: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}
