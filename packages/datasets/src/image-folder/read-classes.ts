import { DataError } from '@earlyexit/core';
import { imageEndings, isImageName } from '../decode/image-format';
import { someNames } from '../some-names';
import { LAYOUT, topFolders } from './sub-tree';
import { compareNames, type Tree } from './tree';

/** The images of one part of an image folder. */
export interface LabelledFiles {
  /** What `files` are names of. */
  readonly tree: Tree;
  readonly files: readonly string[];
  /** `[files]` */
  readonly labels: Int32Array;
}

/** Gives each image below `tree` the class of its first folder. */
export function label(tree: Tree, classes: readonly string[]): LabelledFiles {
  const index = new Map(classes.map((name, position) => [name, position]));
  const files = tree.files.filter((name) => name.includes('/') && isImageName(name));
  return {
    tree,
    files,
    labels: Int32Array.from(files, (name) => index.get(name.slice(0, name.indexOf('/')))!),
  };
}

/** Refuses folders that all hold the same folders: which of the two levels are the classes is not to be guessed. */
export function refuseTwoLevels(tree: Tree, root: string): void {
  const inside = new Map(topFolders(tree).map((name) => [name, new Set<string>()]));
  for (const path of tree.folders) {
    const [top, name, ...rest] = path.split('/');
    if (name !== undefined && rest.length === 0) inside.get(top!)!.add(name);
  }
  const holdsImages = tree.files.some((path) => path.split('/').length === 2 && isImageName(path));
  const bySize = [...inside.values()].sort((a, b) => a.size - b.size);
  const [least, most] = [bySize[0], bySize.at(-1)];
  if (bySize.length < 2 || holdsImages || least!.size < 2 || [...least!].some((name) => !most!.has(name)))
    return;
  throw new DataError({
    where: root,
    rule: `the layout shows which folders are the classes: ${LAYOUT}`,
    received: `${someNames([...inside.keys()])}, each of which holds ${someNames([...most!])}`,
    remedy: 'Name the parts train, val and test, or open a folder in which each folder is a class',
  });
}

/** The classes of a tree: its folders. */
export function readClasses(tree: Tree, root: string): string[] {
  const classes = topFolders(tree).sort(compareNames);
  if (classes.length < 2) {
    throw new DataError({
      where: root,
      rule: `an image folder has at least two classes: ${LAYOUT}`,
      received: classes.length === 0 ? 'no class folder' : `only the class folder ${classes[0]!}`,
    });
  }
  const filled = new Set(tree.files.filter(isImageName).map((name) => name.slice(0, name.indexOf('/'))));
  const empty = classes.filter((name) => !filled.has(name));
  if (empty.length > 0) {
    throw new DataError({
      where: root,
      rule: `every class folder holds images (${imageEndings})`,
      received: `none in ${someNames(empty)}`,
      remedy: 'Fill or remove it',
    });
  }
  return classes;
}

/** A part whose classes are known already. */
export function readKnownClasses(
  tree: Tree,
  folder: string,
  {
    root,
    classes,
    whose,
    notes,
  }: { root: string; classes: readonly string[]; whose: string; notes: string[] },
): LabelledFiles {
  const where = folder === '' ? root : `${root}, ${folder}/`;
  const unknown = topFolders(tree).filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    const rule = `every class is also a class of ${whose}`;
    throw new DataError({ where, rule, received: someNames(unknown) });
  }
  const labelled = label(tree, classes);
  if (labelled.files.length === 0) {
    throw new DataError({ where, rule: 'the class folders hold images', received: 'none' });
  }
  const present = new Set(labelled.labels);
  const missing = classes.filter((_, position) => !present.has(position));
  const what = folder === '' ? 'The folder' : `${folder}/`;
  if (missing.length > 0) notes.push(`${what} has no images of ${someNames(missing)}.`);
  return labelled;
}
