import { DataError } from '@earlyexit/core';
import type { OpenOptions } from '../data-source';
import { isImageName } from '../decode/image-format';
import { readArchive } from '../files/archive';
import { pieceAt, sharePieces } from '../image-set/shared-bytes';
import type { SharedFiles } from '../image-set/shared-image-set';
import { cleanName, compareNames, endsOf, isHidden, sharePlaces, type Tree } from './tree';

// What an archive may hold in memory; ImageNet itself (140 GB) wants to be unpacked.
const MAX_ARCHIVE_BYTES = 2 ** 31;

/** Reads the images of an archive into memory, still encoded. */
export async function readArchiveTree(path: string, options: OpenOptions): Promise<Tree> {
  const images = new Map<string, Uint8Array>();
  const others = new Set<string>();
  const folders = new Set<string>();
  const hidden = new Set<string>();
  const special: string[] = [];
  /** The name without what does not count, or `null` if hidden; the folders on its way are noted. */
  const enter = (raw: string): string | null => {
    const name = cleanName(raw, path);
    const parts = name.split('/');
    const first = parts.findIndex(isHidden);
    if (first >= 0) {
      hidden.add(parts.slice(0, first + 1).join('/'));
      return null;
    }
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
  const onSpecial = (raw: string): void => {
    const name = enter(raw);
    if (name !== null) special.push(name);
  };
  const { onProgress, signal } = options;
  const archive = readArchive(path, {
    ...{ wanted, onFolder, onSpecial, maxBytes: MAX_ARCHIVE_BYTES, onProgress, signal },
  });
  for await (const { name, bytes } of archive) images.set(cleanName(name, path), bytes);

  const place = (name: string): string => `${path}: ${name}`;
  const find = (name: string): Uint8Array => {
    const bytes = images.get(name);
    if (bytes === undefined) throw new DataError({ where: place(name), rule: 'this is no image' });
    return bytes;
  };
  const share = (names: readonly string[]): SharedFiles => {
    const contents = sharePieces(names.length, (index) => images.get(names[index]!)!);
    // From here on also read from there, so that they are held once.
    for (const [index, name] of names.entries()) images.set(name, pieceAt(contents, index));
    return { places: sharePlaces(names, place), contents };
  };
  return {
    files: [...images.keys(), ...others].sort(compareNames),
    folders: [...folders].sort(compareNames),
    hidden: [...hidden].sort(compareNames),
    special: special.sort(compareNames),
    place,
    read: async (name) => Promise.resolve(find(name)),
    readEnds: async (name, bytes) => Promise.resolve(endsOf(find(name), bytes)),
    share,
  };
}
