import { DataError } from '@earlyexit/core';
import { someNames } from '../some-names';
import { imageEndings, isImageName } from '../decode/image-format';
import { compareNames, type Tree } from './image-tree';

/** The images of one part of an image folder. */
export interface LabelledFiles {
  /** What `files` are names of. */
  readonly tree: Tree;
  readonly files: readonly string[];
  /** `[files]` */
  readonly labels: Int32Array;
}

/** What an image folder holds. */
export interface ImageLayout {
  readonly classes: readonly string[];
  readonly train: LabelledFiles;
  readonly validation: LabelledFiles | null;
  readonly test: LabelledFiles | null;
  readonly notes: readonly string[];
}

const LAYOUT = 'one folder a class, <class>/*.jpg, or train/<class>/*.jpg with val/ and test/ beside it';
const VALIDATION_NAMES = ['val', 'validation', 'valid'];
const TEST_NAMES = ['test'];

/** The part of a tree below one of its folders. */
function below(tree: Tree, folder: string): Tree {
  const prefix = `${folder}/`;
  const inside = (names: readonly string[]): string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return {
    files: inside(tree.files),
    folders: inside(tree.folders),
    place: (file) => tree.place(prefix + file),
    read: (file) => tree.read(prefix + file),
    share: (names) => tree.share(names.map((file) => prefix + file)),
  };
}

function topFolders(tree: Tree): string[] {
  return tree.folders.filter((name) => !name.includes('/'));
}

function hasTopImages(tree: Tree): boolean {
  return tree.files.some((name) => !name.includes('/') && isImageName(name));
}

/** Goes into folders that hold nothing but one folder of folders, as archives often do. */
function unwrap(tree: Tree): Tree {
  const [only, ...others] = topFolders(tree);
  if (only === undefined || others.length > 0 || hasTopImages(tree)) return tree;
  if (['train', ...VALIDATION_NAMES, ...TEST_NAMES].includes(only)) return tree;
  const inner = below(tree, only);
  return inner.folders.length > 0 && !hasTopImages(inner) ? unwrap(inner) : tree;
}

/** Gives each image below `tree` the class of its first folder. */
function label(tree: Tree, classes: readonly string[]): LabelledFiles {
  const index = new Map(classes.map((name, position) => [name, position]));
  const files = tree.files.filter((name) => name.includes('/') && isImageName(name));
  return {
    tree,
    files,
    labels: Int32Array.from(files, (name) => index.get(name.slice(0, name.indexOf('/')))!),
  };
}

function readClasses(tree: Tree, root: string): string[] {
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

/** A held-out part (`val/`, `test/`), or `null` and a note where its images have no classes. */
function readPart(
  tree: Tree,
  names: readonly string[],
  classes: readonly string[],
  root: string,
  notes: string[],
): LabelledFiles | null {
  const folder = names.find((name) => topFolders(tree).includes(name));
  if (folder === undefined) return null;
  const part = below(tree, folder);
  const found = topFolders(part);
  if (found.length === 0) {
    notes.push(`${folder}/ holds no class folders and was left out.`);
    return null;
  }
  const unknown = found.filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    throw new DataError({
      where: `${root}, ${folder}/`,
      rule: 'every class is also a class of train/',
      received: someNames(unknown),
    });
  }
  const labelled = label(part, classes);
  if (labelled.files.length === 0) {
    throw new DataError({
      where: `${root}, ${folder}/`,
      rule: 'the class folders hold images',
      received: 'none',
    });
  }
  const missing = classes.filter((_, position) => !labelled.labels.includes(position));
  if (missing.length > 0) notes.push(`${folder}/ has no images of ${someNames(missing)}.`);
  return labelled;
}

/**
 * Recognises how an image folder is laid out. A lone `val/` is the test set, as with ImageNet; beside a `test/` it is
 * the validation set.
 *
 * @param root for messages
 * @throws DataError if it is laid out in neither of the two ways, or a class is empty
 */
export function readImageLayout(wrapped: Tree, root: string): ImageLayout {
  const tree = unwrap(wrapped);
  const tops = topFolders(tree);
  const notes: string[] = [];
  const others = tree.files.filter((name) => !isImageName(name));
  if (others.length > 0) notes.push(`Left out, because they are no ${imageEndings}: ${someNames(others)}.`);

  const held = [...VALIDATION_NAMES, ...TEST_NAMES];
  if (tops.length > 0 && tops.every((name) => held.includes(name))) {
    throw new DataError({
      where: root,
      rule: `train/ is there: ${LAYOUT}`,
      received: `only ${tops.join(', ')}`,
    });
  }
  const trainTree = below(tree, 'train');
  // `train` may also be a class of vehicles: then its images lie in it, not in folders of it.
  const isSplit = trainTree.folders.length > 0 && !hasTopImages(trainTree);
  if (!isSplit) {
    const classes = readClasses(tree, root);
    return { classes, train: label(tree, classes), validation: null, test: null, notes };
  }
  const classes = readClasses(trainTree, `${root}, train/`);
  const ignored = tops.filter((name) => name !== 'train' && !held.includes(name));
  if (ignored.length > 0) notes.push(`Left out, beside train/: ${someNames(ignored)}.`);
  const validation = readPart(tree, VALIDATION_NAMES, classes, root, notes);
  const test = readPart(tree, TEST_NAMES, classes, root, notes);
  const train = label(trainTree, classes);
  if (test !== null || validation === null) return { classes, train, validation, test, notes };
  notes.push('There is no test/, so val/ is the test set and the validation split is cut from train/.');
  return { classes, train, validation: null, test: validation, notes };
}
