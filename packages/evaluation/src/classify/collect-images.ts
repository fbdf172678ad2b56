import type { Readable } from 'node:stream';
import { ArgumentError, DataError } from '@earlyexit/core';
import { listImageFiles } from '@earlyexit/datasets';
import type { NamedImage } from './classify-images';

/**
 * Finds every image before the first one is classified, so that a wrong path is reported at once.
 *
 * @param files paths of files and folders, or `-` for standard input
 * @param stdin as `process.stdin`
 * @throws ArgumentError for an empty path, or standard input twice; DataError for a path without images
 */
export async function collectImages(files: readonly string[], stdin: Readable): Promise<NamedImage[]> {
  if (files.filter((path) => path === '-').length > 1) {
    throw new ArgumentError({
      function: 'collectImages',
      argument: 'files',
      rule: 'standard input holds one image',
      received: '- more than once',
    });
  }
  const inputs: NamedImage[] = [];
  for (const path of files) {
    if (path === '-') inputs.push({ name: '-', image: await readAll(stdin) });
    else for (const file of await listImageFiles(path)) inputs.push({ name: file, image: file });
  }
  return inputs;
}

// More than any photograph, less than what would exhaust the memory.
const LARGEST_STDIN_BYTES = 512 * 2 ** 20;

async function readAll(stdin: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > LARGEST_STDIN_BYTES) {
      throw new DataError({
        where: 'standard input',
        rule: 'an image takes at most 512 MiB',
        received: 'more',
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
