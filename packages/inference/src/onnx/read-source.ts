import { DataError } from '@earlyexit/core';
import { pretrainedSource } from '../pretrained-source';

/**
 * Where an ONNX file comes from: a path or a URL (`file:`, `http:`, `https:`, `data:`, `blob:`), its bytes, or a
 * `Blob`, such as a `File` that someone chose or dropped on a page. In a browser a path is relative to the page. If
 * there is no such file, it may be the name of a trained network of `@earlyexit/weights`, such as `b_lenet.mnist`, if
 * that package is installed.
 */
export type OnnxSource = string | URL | Uint8Array | ArrayBuffer | Blob;

/** Protobuf stops at 2 GiB; half of that is more than any network here needs. */
const LARGEST_FILE_BYTES = 2 ** 30;

/**
 * Reads a whole ONNX file.
 *
 * @throws DataError if it is missing, too large, or the server refuses
 */
export async function readSource(
  source: OnnxSource,
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: Uint8Array; readonly where: string }> {
  if (source instanceof Uint8Array) return { bytes: source, where: 'ONNX file' };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), where: 'ONNX file' };
  if (source instanceof Blob) {
    const where = source instanceof File ? source.name : 'ONNX file';
    refuseSize(source.size, where);
    const bytes = new Uint8Array(await source.arrayBuffer());
    signal?.throwIfAborted();
    return { bytes, where };
  }
  const pretrained =
    typeof source === 'string'
      ? await pretrainedSource(source, 'onnx', 'there is an ONNX file at this path')
      : null;
  const url = pretrained ?? toUrl(source);
  const where = url === null || url.protocol === 'data:' ? String(source).slice(0, 200) : url.href;
  if (url === null || url.protocol === 'file:') {
    return { bytes: await readFile(url ?? String(source), where, signal), where };
  }
  return { bytes: await download(url, where, signal), where };
}

/** A URL, or `null` for a path of the file system. In a browser a path is relative to the page. */
export function toUrl(source: string | URL): URL | null {
  if (source instanceof URL) return source;
  // A single letter before the colon is a drive, not a protocol.
  if (/^[a-z][a-z\d+.-]+:/i.test(source)) return new URL(source);
  return typeof location === 'undefined' ? null : new URL(source, location.href);
}

async function readFile(
  path: string | URL,
  where: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  // Not imported, because a browser has no file system, and a bundler would fail on the name.
  const fs = process.getBuiltinModule('node:fs/promises');
  try {
    const status = await fs.stat(path);
    // A pipe may never end, and a device can be read until memory is full.
    if (!status.isFile() && !status.isDirectory()) {
      throw new DataError({
        where,
        rule: 'there is an ONNX file at this path',
        received: 'a pipe, a socket or a device',
      });
    }
    refuseSize(status.size, where);
    return await fs.readFile(path, { signal });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.name === 'AbortError') throw cause;
    const reasons: Record<string, string> = {
      ENOENT: 'nothing',
      EISDIR: 'a folder',
      EACCES: 'a file that may not be read',
    };
    throw new DataError({
      where,
      rule: 'there is an ONNX file at this path',
      received: reasons[String(cause.code)] ?? cause.message,
      cause,
    });
  }
}

async function download(url: URL, where: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new DataError({
      where,
      rule: 'the file can be fetched',
      received: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  if (!response.ok) {
    throw new DataError({
      where,
      rule: 'the file can be fetched',
      received: `${response.status} ${response.statusText}`,
    });
  }
  refuseSize(Number(response.headers.get('content-length') ?? 0), where);
  const parts: Uint8Array[] = [];
  let size = 0;
  // Part by part: a server may not say how much it will send, or say so wrongly.
  for (const reader = response.body!.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LARGEST_FILE_BYTES) await reader.cancel();
    refuseSize(size, where);
    parts.push(value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function refuseSize(size: number, where: string): void {
  if (size <= LARGEST_FILE_BYTES) return;
  throw new DataError({
    where,
    rule: `an ONNX file has at most ${LARGEST_FILE_BYTES} bytes`,
    received: `${size} bytes`,
  });
}
