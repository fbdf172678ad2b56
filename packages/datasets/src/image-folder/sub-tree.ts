import { isImageName } from '../decode/image-format';
import type { Tree } from './tree';

/** How an image folder is laid out, for messages. */
export const LAYOUT =
  'one folder a class, <class>/*.jpg, or train/<class>/*.jpg with val/ and test/ beside it';

/** The part of a tree below one of its folders. */
export function below(tree: Tree, folder: string): Tree {
  const prefix = `${folder}/`;
  const inside = (names: readonly string[]): string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return {
    files: inside(tree.files),
    folders: inside(tree.folders),
    hidden: inside(tree.hidden),
    special: inside(tree.special),
    place: (file) => tree.place(prefix + file),
    read: (file) => tree.read(prefix + file),
    readEnds: (file, bytes) => tree.readEnds(prefix + file, bytes),
    share: (names) => tree.share(names.map((file) => prefix + file)),
  };
}

/** The folders that lie directly in it. */
export function topFolders(tree: Tree): string[] {
  return tree.folders.filter((name) => !name.includes('/'));
}

/** Whether images lie directly in it. */
export function hasTopImages(tree: Tree): boolean {
  return tree.files.some((name) => !name.includes('/') && isImageName(name));
}
