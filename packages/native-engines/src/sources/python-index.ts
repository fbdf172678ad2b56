import { rm } from 'node:fs/promises';
import { EnvironmentError, type WorkOptions } from '@earlyexit/core';
import { type Checksum, downloadVerified } from '@earlyexit/core/node';
import type { PinnedWheel } from './pinned';

/** The Python package index: `PIP_INDEX_URL` if set, otherwise the public one. */
export function pythonIndex(): string {
  return (process.env['PIP_INDEX_URL'] ?? 'https://pypi.org/simple').replace(/\/+$/, '');
}

/**
 * Where the index keeps a wheel (the simple repository interface, as JSON or as the older HTML:
 * https://packaging.python.org/en/latest/specifications/simple-repository-api/).
 *
 * @throws EnvironmentError if the index cannot be reached or does not offer it
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

/** What the file of a wheel is checked against. */
export function checksumOf({ sha256 }: PinnedWheel): Checksum {
  return { algorithm: 'sha256', hex: sha256 };
}

/**
 * Downloads a wheel to `path`, continuing where an earlier attempt stopped, and checks it against its pinned checksum.
 */
export async function downloadWheel(
  url: string,
  wheel: PinnedWheel,
  path: string,
  options: Pick<WorkOptions, 'signal' | 'onProgress'> = {},
): Promise<void> {
  // A file of this name with another checksum was left by pip.
  await rm(path, { force: true });
  await downloadVerified({
    ...options,
    address: url,
    checksum: checksumOf(wheel),
    path,
    where: wheel.file,
    otherwise: 'install Python with pip, which knows about proxies and mirrors',
    otherFolder: 'set EARLYEXIT_ENGINES to a folder with room',
  });
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
