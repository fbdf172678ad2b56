import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@earlyexit/core';
import { explainRead, openRegularFile } from '@earlyexit/core/node';
import { readImageFile, refuseLargeImage } from '../decode/read-image-file';
import { compareNames, type FileEnds, isHidden, sharePlaces, type Tree } from './tree';

// <root>/<wrapper>/<split>/<class>/<sub-folders>: far deeper is a loop of links.
const MAX_DEPTH = 12;

/** Lists a folder with everything below it, links followed. */
export async function readFolderTree(root: string, signal?: AbortSignal): Promise<Tree> {
  const files: string[] = [];
  const folders: string[] = [];
  const hidden: string[] = [];
  const special: string[] = [];
  const place = (name: string): string => join(root, name);
  const walk = async (folder: string, depth: number): Promise<void> => {
    signal?.throwIfAborted();
    const path = join(root, folder);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw explainRead(error, path, 'this folder can be read');
    });
    if (depth > MAX_DEPTH) {
      throw new DataError({ where: root, rule: `folders lie at most ${MAX_DEPTH} deep`, received: folder });
    }
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (isHidden(entry.name)) {
        hidden.push(name);
        continue;
      }
      // A link that leads nowhere counts as a file: reading it will say so.
      const target = entry.isSymbolicLink() ? await stat(place(name)).catch(() => entry) : entry;
      if (target.isDirectory()) {
        folders.push(name);
        await walk(name, depth + 1);
      } else if (target.isFile() || target.isSymbolicLink()) {
        files.push(name);
      } else {
        special.push(name);
      }
    }
  };
  await walk('', 0);
  return {
    // By whole path, as in archives: the same images packed or not fall into the same splits.
    files: files.sort(compareNames),
    folders: folders.sort(compareNames),
    hidden: hidden.sort(compareNames),
    special: special.sort(compareNames),
    place,
    read: (name) => readImageFile(place(name)),
    readEnds: (name, bytes) => readEnds(place(name), bytes),
    share: (names) => ({ places: sharePlaces(names, place), contents: null }),
  };
}

async function readEnds(path: string, length: number): Promise<FileEnds> {
  const { file, size } = await openRegularFile(path);
  try {
    refuseLargeImage(size, path);
    const isShort = size <= 2 * length;
    const part = async (from: number, bytes: number): Promise<Uint8Array> => {
      const buffer = new Uint8Array(bytes);
      const { bytesRead } = await file.read(buffer, 0, bytes, from);
      return buffer.subarray(0, bytesRead);
    };
    const start = await part(0, isShort ? size : length);
    return { size, start, end: isShort ? start : await part(size - length, length) };
  } catch (error) {
    throw explainRead(error, path);
  } finally {
    await file.close();
  }
}
