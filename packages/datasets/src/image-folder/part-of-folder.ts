/** The parts in which data sets come. */
export type Part = 'train' | 'validation' | 'test';

const spellings: Readonly<Record<Part, readonly string[]>> = {
  train: ['train', 'training', 'trn', 'trainval'],
  validation: ['val', 'valid', 'validation', 'validate', 'dev', 'eval', 'evaluation'],
  test: ['test', 'testing', 'tests', 'tst', 'holdout', 'heldout'],
};

const partOfWord = new Map(
  Object.entries(spellings).flatMap(([part, words]) => words.map((word) => [word, part as Part] as const)),
);

/** What may stand behind the word: `train_set`, `TestImages`, `val2017`. */
const SUFFIX = /[-_ .]*(?:set|data|dataset|images?|imgs?|pictures|samples|split)?[-_ .]*\d*$/;

/** Which part a folder is by its name, in any case and the usual spellings; `null` if it is none. */
export function partOfFolder(name: string): Part | null {
  const lower = name.toLowerCase();
  return partOfWord.get(lower) ?? partOfWord.get(lower.replace(SUFFIX, '')) ?? null;
}

/**
 * Which part a folder is if the word stands somewhere in its name: `seg_train`, `asl alphabet test`. Only to be
 * believed where all folders beside it are parts as well: `train_station` is a class.
 */
export function partWithinName(name: string): Part | null {
  const parts = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .map((word) => partOfWord.get(word))
    .filter((part) => part !== undefined);
  return parts.length === 1 ? parts[0]! : null;
}
