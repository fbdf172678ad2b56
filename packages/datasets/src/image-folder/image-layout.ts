import { DataError } from '@earlyexit/core';
import { imageEndings, isForeignImageName, isImageName } from '../decode/image-format';
import { someNames } from '../some-names';
import { findParts, type Parts, partTree, unwrap } from './find-parts';
import { label, type LabelledFiles, readClasses, readKnownClasses, refuseTwoLevels } from './read-classes';
import { LAYOUT, topFolders } from './sub-tree';
import type { Tree } from './tree';

/** What an image folder holds. */
export interface ImageLayout {
  readonly classes: readonly string[];
  readonly train: LabelledFiles;
  readonly validation: LabelledFiles | null;
  readonly test: LabelledFiles | null;
  readonly notes: readonly string[];
}

/** How a folder is read. */
export interface LayoutOptions {
  /** `test`: everything is test data, or its `test/` if it has one. */
  readonly use: 'train' | 'test';
  /** The classes, if they are known; else the folders are the classes. */
  readonly classes: readonly string[] | null;
}

/** What was left out of a tree, as sentences. */
function describeLeftOut({ files, hidden, special }: Tree): string[] {
  const others = files.filter((name) => !isImageName(name));
  const foreign = others.filter(isForeignImageName);
  const none = others.filter((name) => !isForeignImageName(name));
  const lists: readonly (readonly [why: string, names: readonly string[]])[] = [
    [`because they are not ${imageEndings}`, none],
    [`because they must be converted to JPEG or PNG first`, foreign],
    ['because they are neither files nor folders', special],
    [`as hidden or left behind by another program (${hidden.length})`, hidden],
  ];
  return lists.flatMap(([why, names]) =>
    names.length === 0 ? [] : [`Left out, ${why}: ${someNames(names)}.`],
  );
}

/**
 * Recognises how an image folder is laid out: the parts in any case and their usual spellings. A lone `val/` is the test
 * set, as with ImageNet; beside a `test/` it is the validation set.
 *
 * @param root for messages
 * @throws DataError if it is laid out in neither of the two ways, a class is empty, or it cannot be told which folders
 *   are the classes
 */
export function readImageLayout(wrapped: Tree, root: string, options: LayoutOptions): ImageLayout {
  const tree = unwrap(wrapped);
  const notes = describeLeftOut(wrapped);
  const parts = findParts(tree, root);
  if (options.use === 'test') return readTestLayout(tree, root, parts, options.classes, notes);

  if (parts.size === 0) {
    refuseTwoLevels(tree, root);
    const classes = readClasses(tree, root);
    return { classes, train: label(tree, classes), validation: null, test: null, notes };
  }
  const folder = parts.get('train');
  if (folder === undefined) {
    throw new DataError({
      where: root,
      rule: `train/ is there: ${LAYOUT}`,
      received: `only ${[...parts.values()].join(', ')}`,
      remedy: 'To measure a network on it, open it as test data',
    });
  }
  const trainTree = partTree(tree, folder);
  const classes = readClasses(trainTree, `${root}, ${folder}/`);
  const known = [...parts.values()];
  const ignored = topFolders(tree).filter((name) => !known.includes(name));
  if (ignored.length > 0) notes.push(`Left out, beside ${folder}/: ${someNames(ignored)}.`);
  const read = (name: string | undefined): LabelledFiles | null => {
    if (name === undefined) return null;
    const part = partTree(tree, name);
    if (topFolders(part).length > 0)
      return readKnownClasses(part, name, { root, classes, whose: `${folder}/`, notes });
    notes.push(`${name}/ holds no class folders and was left out.`);
    return null;
  };
  const validation = read(parts.get('validation'));
  const test = read(parts.get('test'));
  const train = label(trainTree, classes);
  if (test !== null || validation === null) return { classes, train, validation, test, notes };
  notes.push(
    `There is no test/, so ${parts.get('validation')!}/ is the test set and the validation split is cut from ${folder}/.`,
  );
  return { classes, train, validation: null, test: validation, notes };
}

/** The folder as test data: its `test/`, or else `val/`, or else all of it. */
function readTestLayout(
  tree: Tree,
  root: string,
  parts: Parts,
  given: readonly string[] | null,
  notes: string[],
): ImageLayout {
  const folder = parts.get('test') ?? parts.get('validation') ?? parts.get('train') ?? '';
  const part = folder === '' ? tree : partTree(tree, folder);
  if (given === null) refuseTwoLevels(part, root);
  const train = parts.get('train');
  const classes =
    given ??
    (train === undefined
      ? readClasses(part, root)
      : readClasses(partTree(tree, train), `${root}, ${train}/`));
  const whose =
    given !== null || train === undefined ? `${classes.length} (${someNames(classes)})` : `${train}/`;
  const test = readKnownClasses(part, folder, { root, classes, whose, notes });
  const others = [...parts.values()].filter((name) => name !== folder);
  const count = test.files.length === 1 ? '1 image' : `${test.files.length} images`;
  notes.push(
    `Taken as test data: ${folder === '' ? `all ${count}` : `the ${count} of ${folder}/`}${others.length === 0 ? '' : `, none of ${someNames(others)}`}.`,
  );
  const none = { tree, files: [], labels: new Int32Array() };
  return { classes, train: none, validation: null, test, notes };
}
