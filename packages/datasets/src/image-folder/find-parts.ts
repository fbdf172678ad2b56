import { DataError } from '@earlyexit/core';
import { type Part, partOfFolder, partWithinName } from './part-of-folder';
import { below, hasTopImages, LAYOUT, topFolders } from './sub-tree';
import type { Tree } from './tree';

/** The folder of each part; empty if the folders are the classes. */
export type Parts = ReadonlyMap<Part, string>;

/**
 * Which folders are parts.
 *
 * @throws DataError if a part is there twice
 */
export function findParts(tree: Tree, root: string): Parts {
  const tops = topFolders(tree);
  const collect = (partOf: (name: string) => Part | null): Map<Part, string[]> => {
    const found = new Map<Part, string[]>();
    for (const name of tops) {
      const part = partOf(name);
      // `train` may also be a class of vehicles: then its images lie in it, not in folders of it.
      if (part === null || (part === 'train' && !holdsFolders(tree, name))) continue;
      found.set(part, [...(found.get(part) ?? []), name]);
    }
    return found;
  };
  const isEvery = (found: ReadonlyMap<Part, readonly string[]>): boolean =>
    tops.length > 0 && [...found.values()].flat().length === tops.length;
  const exact = collect(partOfFolder);
  const within = collect(partWithinName);
  const found =
    exact.has('train') || isEvery(exact) ? exact : within.size > 1 && isEvery(within) ? within : null;
  if (found === null) return new Map();
  for (const names of found.values()) {
    if (names.length === 1) continue;
    throw new DataError({
      where: root,
      rule: `each part is there once: ${LAYOUT}`,
      received: names.join(' and '),
      remedy: 'Put their images together, or remove one',
    });
  }
  return new Map([...found].map(([part, [name]]) => [part, name!]));
}

function holdsFolders(tree: Tree, name: string): boolean {
  const inner = below(tree, name);
  return inner.folders.length > 0 && !hasTopImages(inner);
}

/** Goes into folders that hold nothing but one folder of folders, as archives often do. */
export function unwrap(tree: Tree): Tree {
  const [only, ...others] = topFolders(tree);
  if (only === undefined || others.length > 0 || hasTopImages(tree)) return tree;
  if (partOfFolder(only) !== null) return tree;
  const inner = below(tree, only);
  return inner.folders.length > 0 && !hasTopImages(inner) ? unwrap(inner) : tree;
}

/** The tree of a part; `seg_train/seg_train/<class>` is `seg_train/<class>`. */
export function partTree(tree: Tree, folder: string): Tree {
  const part = below(tree, folder);
  const [only, ...others] = topFolders(part);
  const isDouble = only !== undefined && others.length === 0 && only.toLowerCase() === folder.toLowerCase();
  return isDouble && topFolders(below(part, only)).length > 0 ? below(part, only) : part;
}
