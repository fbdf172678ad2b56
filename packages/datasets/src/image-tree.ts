import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@earlyexit/exit-criteria';
import { readArchive } from './archive';
import type { OpenOptions } from './data-source';
import { explainFileError } from './file-error';

/** A file of a folder or an archive. */
export interface TreeFile {
  /** The path below the root, with `/` between its parts. */
  readonly name: string;
  /** The path for messages. */
  readonly place: string;
  readonly read: () => Promise<Uint8Array>;
}

/** Everything below a root. */
export interface Tree {
  readonly files: readonly TreeFile[];
  /** Paths of all folders, so that empty ones are seen. */
  readonly folders: readonly string[];
}

/** Whether a name ends like an image that can be decoded: .jpg, .jpeg or .png, in either case. */
export function isImageName(name: string): boolean {
  return /\.(?:jpe?g|png)$/i.test(name);
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
  const files: TreeFile[] = [];
  const folders: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const path = join(root, folder);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw explainFileError(error, path);
    });
    if (depth > MAX_DEPTH) {
      throw new DataError({ where: root, rule: `folders lie at most ${MAX_DEPTH} deep`, received: folder });
    }
    for (const entry of entries.sort((a, b) => compareNames(a.name, b.name))) {
      if (isHidden(entry.name)) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const place = join(root, name);
      // A link that leads nowhere counts as a file: reading it will say so.
      const target = entry.isSymbolicLink() ? await stat(place).catch(() => entry) : entry;
      if (target.isDirectory()) {
        folders.push(name);
        await walk(name, depth + 1);
      } else {
        files.push({
          name,
          place,
          read: () =>
            readFile(place).catch((error: unknown) => {
              throw explainFileError(error, place);
            }),
        });
      }
    }
  };
  await walk('', 0);
  return { files, folders };
}

// What an archive may hold in memory; ImageNet itself (140 GB) wants to be unpacked.
const MAX_ARCHIVE_BYTES = 2 ** 31;

/** Reads the images of a `.tar` or `.tar.gz` into memory, still encoded. */
export async function readArchiveTree(path: string, options: OpenOptions): Promise<Tree> {
  const files: TreeFile[] = [];
  const folders = new Set<string>();
  const addFoldersOf = (name: string): void => {
    for (let end = name.indexOf('/'); end > 0; end = name.indexOf('/', end + 1))
      folders.add(name.slice(0, end));
  };
  const addFile = (name: string, read: () => Promise<Uint8Array>): void => {
    const clean = cleanName(name, path);
    if (clean.split('/').some(isHidden)) return;
    addFoldersOf(clean);
    files.push({ name: clean, place: `${path}: ${name}`, read });
  };
  const { onProgress, signal } = options;
  const wanted = (name: string): boolean => {
    if (isImageName(name)) return true;
    // Listed, so that it can be said what was left out; never read.
    addFile(name, () =>
      Promise.reject(new DataError({ where: `${path}: ${name}`, rule: 'this is no image' })),
    );
    return false;
  };
  const onFolder = (name: string): void => {
    const clean = cleanName(name, path);
    if (!clean.split('/').some(isHidden)) addFoldersOf(`${clean}/`);
  };
  const archive = readArchive(path, { wanted, onFolder, maxBytes: MAX_ARCHIVE_BYTES, onProgress, signal });
  for await (const file of archive) addFile(file.name, () => Promise.resolve(file.bytes));
  files.sort((a, b) => compareNames(a.name, b.name));
  return { files, folders: [...folders].sort(compareNames) };
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
