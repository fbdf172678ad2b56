import { describe, expect, test } from 'vitest';
import { readImageLayout } from './image-layout';
import { partOfFolder, partWithinName } from './part-of-folder';
import { compareNames, type Tree } from './tree';

/** A tree of names; names that end in a slash are empty folders. */
function treeOf(...names: string[]): Tree {
  const folders = new Set<string>();
  for (const name of names)
    for (let end = name.indexOf('/'); end > 0; end = name.indexOf('/', end + 1))
      folders.add(name.slice(0, end));
  const none = () => Promise.reject(new Error('not read'));
  return {
    files: names.filter((name) => !name.endsWith('/')).sort(compareNames),
    folders: [...folders].sort(compareNames),
    hidden: [],
    special: [],
    place: (file) => file,
    read: none,
    readEnds: none,
    share: () => ({ places: { bytes: new Uint8Array(), starts: new Float64Array() }, contents: null }),
  };
}

/** `count` images in each class of a part. */
function part(folder: string, classes: readonly string[], count = 1): string[] {
  return classes.flatMap((name) =>
    Array.from({ length: count }, (_, index) => `${folder}/${name}/${index}.jpg`),
  );
}

const animals = ['bird', 'cat', 'dog'];
const layoutOf = (
  names: readonly string[],
  use: 'train' | 'test' = 'train',
  classes: readonly string[] | null = null,
) => readImageLayout(treeOf(...names), 'pictures', { use, classes });

describe('parts in any case and spelling', () => {
  test.each([
    ['Training', 'Testing', null],
    ['TRAIN', 'TEST', 'VAL'],
    ['trn', 'tst', 'valid'],
    ['training_set', 'test_set', 'Validation'],
    ['train2017', 'test2017', 'val2017'],
    ['Train Images', 'Test Images', 'dev'],
    ['seg_train', 'seg_test', null],
    ['asl_alphabet_train', 'asl_alphabet_test', 'asl_alphabet_val'],
  ])('%s, %s, %s', (train, held, validation) => {
    const names = [
      ...part(train, animals, 3),
      ...part(held, animals, 2),
      ...(validation === null ? [] : part(validation, animals)),
    ];
    const layout = layoutOf(names);
    expect(layout.classes).toEqual(animals);
    expect(layout.train.files).toHaveLength(9);
    expect(layout.test!.files).toHaveLength(6);
    expect(layout.validation?.files.length).toBe(validation === null ? undefined : 3);
    expect(layoutOf(names.map((name) => `archive/${name}`)).classes).toEqual(animals);
  });

  test('a part in a folder of its own name, as some archives have it', () => {
    const layout = layoutOf([...part('seg_train/seg_train', animals), ...part('seg_test/seg_test', animals)]);
    expect(layout.classes).toEqual(animals);
    expect(layout.test!.files).toHaveLength(3);
  });

  test('words that are no parts', () => {
    for (const name of ['cat', 'strain', 'testes', 'valley', 'trainer', 'eval-car', 'training shoes'])
      expect(partOfFolder(name)).toBeNull();
    for (const name of ['cat', 'bus', 'train_test', 'intrain']) expect(partWithinName(name)).toBeNull();
  });

  test('a class is called like a part', () => {
    expect(layoutOf(['train/1.jpg', 'bus/1.jpg']).classes).toEqual(['bus', 'train']);
    expect(layoutOf(['train_station/a/1.jpg', 'bus_station/b/1.jpg']).classes).toEqual([
      'bus_station',
      'train_station',
    ]);
    expect(layoutOf(['test/1.jpg', 'quiz/1.jpg']).classes).toEqual(['quiz', 'test']);
  });
});

describe('refuses what it cannot tell', () => {
  test.each<[string, string[], RegExp]>([
    [
      'folders that all hold the same folders',
      [...part('fold1', animals), ...part('fold2', animals)],
      /which folders are the classes.*Received: fold1, fold2, each of which holds bird, cat, dog\. Name the parts/,
    ],
    [
      'a half that lacks a class',
      [...part('Learning', animals), ...part('Exam', ['cat', 'dog'])],
      /Received: Exam, Learning, each of which holds bird, cat, dog/,
    ],
    [
      'a part twice',
      [...part('train', animals), ...part('Training', animals)],
      /Received: Training and train/,
    ],
    [
      'a held-out part alone',
      part('Testing', animals),
      /train\/ is there.*only Testing\. To measure a network on it/,
    ],
  ])('%s', (_, names, message) => {
    expect(() => layoutOf(names)).toThrow(message);
  });

  test('but not classes with folders of their own', () => {
    expect(layoutOf([...part('cat', ['images']), ...part('dog', ['images'])]).classes).toEqual([
      'cat',
      'dog',
    ]);
    expect(
      layoutOf([...part('cat', ['indoors', 'outdoors']), ...part('dog', ['day', 'night'])]).classes,
    ).toEqual(['cat', 'dog']);
  });
});

describe('as test data', () => {
  test.each<[string, string[], number, string]>([
    ['a fresh folder', part('.', animals, 4).map((name) => name.slice(2)), 12, 'all 12 images'],
    ['only test/', part('test', animals, 2), 6, 'the 6 images of test/'],
    ['only val/', part('val', animals, 2), 6, 'the 6 images of val/'],
    [
      'test/ beside train/',
      [...part('Training', animals, 9), ...part('Testing', animals, 2)],
      6,
      'the 6 images of Testing/, none of Training',
    ],
    [
      'val/ beside train/',
      [...part('train', animals, 9), ...part('val', animals, 2)],
      6,
      'the 6 images of val/, none of train',
    ],
    ['train/ alone', part('train', animals, 2), 6, 'the 6 images of train/'],
  ])('%s', (_, names, count, taken) => {
    const layout = layoutOf(names, 'test');
    expect(layout.test!.files).toHaveLength(count);
    expect(layout.train.files).toHaveLength(0);
    expect(layout.classes).toEqual(animals);
    expect(layout.notes).toEqual([`Taken as test data: ${taken}.`]);
  });

  test('of classes that are known: some are enough, others are refused', () => {
    const layout = layoutOf(part('test', ['dog'], 2), 'test', animals);
    expect(layout.classes).toEqual(animals);
    expect([...layout.test!.labels]).toEqual([2, 2]);
    expect(layout.notes[0]).toBe('test/ has no images of bird, cat.');
    expect(() => layoutOf(['cat/1.jpg', 'fish/1.jpg'], 'test', animals)).toThrow(
      /every class is also a class of 3 \(bird, cat, dog\)\. Received: fish/,
    );
  });
});
