import type { DataSource } from '../data-source';
import { someNames } from '../some-names';
import type { SetRows } from './keyed-set';
import type { SplitChanges } from './recorded-splits';
import { type SplitRole, splitRoles } from './split-role';

const words: Readonly<Record<SplitRole, string>> = {
  train: 'training',
  validation: 'validation',
  calibration: 'calibration',
  test: 'test',
};

/** Names the classes of which a split cut from the training images has no sample. */
export function describeClasses(source: DataSource, rows: Readonly<Record<SplitRole, SetRows>>): string[] {
  const counts = new Array<number>(source.classes.length).fill(0);
  for (const label of source.train.labels) counts[label]! += 1;
  return splitRoles.flatMap((role) => {
    const { set, rows: own } = rows[role];
    // Of a set of the source's own, its opener says what it lacks.
    if (set !== source.train || own.length === 0) return [];
    const present = new Set(Array.from(own, (row) => set.labels[row]!));
    const lacking = source.classes.flatMap((name, label) =>
      present.has(label)
        ? []
        : [`${name} (${counts[label]! === 1 ? '1 sample' : `${counts[label]!} samples`} in all)`],
    );
    return lacking.length === 0 ? [] : [`The ${words[role]} split has no sample of ${someNames(lacking)}.`];
  });
}

/** Names what has changed since the splits were recorded. */
export function describeChanges(
  { added, repeated, missing, moved }: SplitChanges,
  newSamples: SplitRole | undefined,
): string[] {
  const notes: string[] = [];
  const samples = (count: number): string => (count === 1 ? '1 sample' : `${count} samples`);
  const are = (count: number): string => (count === 1 ? 'is' : 'are');
  const note = (ids: readonly string[], says: (count: number) => string): void => {
    if (ids.length > 0) notes.push(`${says(ids.length)}: ${someNames(ids)}.`);
  };
  const where =
    newSamples === undefined
      ? 'used nowhere'
      : `put into the ${words[newSamples]} split where they lie there`;
  note(added, (count) => `${samples(count)} that the recorded splits do not know ${are(count)} ${where}`);
  note(
    repeated,
    (count) =>
      `${samples(count)} that repeat${count === 1 ? 's' : ''} a recorded image ${are(count)} used nowhere`,
  );
  for (const role of splitRoles) {
    const of = (list: SplitChanges['missing']): string[] =>
      list.filter(({ split }) => split === role).map(({ id }) => id);
    note(of(missing), (count) => `${samples(count)} of the ${words[role]} split ${are(count)} gone`);
    note(
      of(moved),
      (count) =>
        `${samples(count)} of the ${words[role]} split now lie${count === 1 ? 's' : ''} in another part of the data and ${are(count)} used nowhere`,
    );
  }
  return notes;
}
