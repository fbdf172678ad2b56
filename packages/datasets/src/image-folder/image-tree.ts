import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@earlyexit/core';
import { readArchive } from '../files/archive';
import type { OpenOptions } from '../data-source';
import { explainFileError } from '../files/file-error';
import type { SharedFiles } from '../image-set/shared-image-set';
import { isImageName } from '../decode/image-format';
import { readImageFile } from '../decode/read-image-file';
import { pieceAt, type SharedPieces, sharePieces } from '../image-set/shared-bytes';

/** Everything below a root. A file is no more than its name: ImageNet has 1.3 million of them. */
export interface Tree {
  /** Paths of the files below the root, with `/` between their parts, sorted. */
  readonly files: readonly string[];
  /** Paths of all folders, so that empty ones are seen. */
  readonly folders: readonly string[];
  /** Where a file lies, for messages. */
  readonly place: (file: string) => string;
  readonly read: (file: string) => Promise<Uint8Array>;
  /** What another thread needs to read these files. */
  readonly share: (files: readonly string[]) => SharedFiles;
}

/** Reads files that another thread shares. */
export function openSharedFiles({ places, contents }: SharedFiles): {
  readonly place: (index: number) => string;
  readonly read: (index: number) => Promise<Uint8Array>;
} {
  const place = (index: number): string => {
    const { buffer, byteOffset, byteLength } = pieceAt(places, index);
    return Buffer.from(buffer, byteOffset, byteLength).toString();
  };
  return {
    place,
    read: (index) =>
      contents === null ? readImageFile(place(index)) : Promise.resolve(pieceAt(contents, index)),
  };
}

function sharePlaces(files: readonly string[], place: (file: string) => string): SharedPieces {
  return sharePieces(files.length, (index) => Buffer.from(place(files[index]!)));
}

/** Names that file managers and archivers leave behind. */
function isHidden(part: string): boolean {
  return part.startsWith('.') || part === '__MACOSX';
}

// <root>/<wrapper>/<split>/<class>/<sub-folders>: far deeper is a loop of links.
const MAX_DEPTH = 12;

/** Sorted by code unit: the same on every machine and in every locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Lists a folder with everything below it, links followed, hidden names left out. */
export async function readFolderTree(root: string): Promise<Tree> {
  const files: string[] = [];
  const folders: string[] = [];
  const place = (name: string): string => join(root, name);
  const walk = async (folder: string, depth: number): Promise<void> => {
    const path = join(root, folder);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw explainFileError(error, path);
    });
    if (depth > MAX_DEPTH) {
      throw new DataError({ where: root, rule: `folders lie at most ${MAX_DEPTH} deep`, received: folder });
    }
    for (const entry of entries) {
      if (isHidden(entry.name)) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      // A link that leads nowhere counts as a file: reading it will say so.
      const target = entry.isSymbolicLink() ? await stat(place(name)).catch(() => entry) : entry;
      if (target.isDirectory()) {
        folders.push(name);
        await walk(name, depth + 1);
      } else {
        files.push(name);
      }
    }
  };
  await walk('', 0);
  return {
    // By whole path, as in archives: the same images packed or not fall into the same splits.
    files: files.sort(compareNames),
    folders: folders.sort(compareNames),
    place,
    read: (name) => readImageFile(place(name)),
    share: (names) => ({ places: sharePlaces(names, place), contents: null }),
  };
}

// What an archive may hold in memory; ImageNet itself (140 GB) wants to be unpacked.
const MAX_ARCHIVE_BYTES = 2 ** 31;

/** Reads the images of a `.tar` or `.tar.gz` into memory, still encoded. */
export async function readArchiveTree(path: string, options: OpenOptions): Promise<Tree> {
  const images = new Map<string, Uint8Array>();
  const others = new Set<string>();
  const folders = new Set<string>();
  /** The name without what does not count, or `null` if hidden; the folders on its way are noted. */
  const enter = (raw: string): string | null => {
    const name = cleanName(raw, path);
    if (name.split('/').some(isHidden)) return null;
    for (let end = name.indexOf('/'); end > 0; end = name.indexOf('/', end + 1))
      folders.add(name.slice(0, end));
    return name;
  };
  const wanted = (raw: string): boolean => {
    const name = enter(raw);
    if (name === null || isImageName(name)) return name !== null;
    // Known by name, so that it can be said what was left out; never read.
    others.add(name);
    return false;
  };
  const onFolder = (raw: string): void => {
    const name = enter(raw);
    if (name !== null && name !== '') folders.add(name);
  };
  const { onProgress, signal } = options;
  const archive = readArchive(path, { wanted, onFolder, maxBytes: MAX_ARCHIVE_BYTES, onProgress, signal });
  for await (const { name, bytes } of archive) images.set(cleanName(name, path), bytes);

  const place = (name: string): string => `${path}: ${name}`;
  const read = (name: string): Promise<Uint8Array> => {
    const bytes = images.get(name);
    const missing = () => new DataError({ where: place(name), rule: 'this is no image' });
    return bytes === undefined ? Promise.reject(missing()) : Promise.resolve(bytes);
  };
  const share = (names: readonly string[]): SharedFiles => {
    const contents = sharePieces(names.length, (index) => images.get(names[index]!)!);
    // From here on also read from there, so that they are held once.
    for (const [index, name] of names.entries()) images.set(name, pieceAt(contents, index));
    return { places: sharePlaces(names, place), contents };
  };
  const files = [...images.keys(), ...others].sort(compareNames);
  return { files, folders: [...folders].sort(compareNames), place, read, share };
}

function cleanName(name: string, archive: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new DataError({
      where: archive,
      rule: 'names in an archive do not lead out of it',
      received: name,
    });
  }
  return parts.join('/');
}
