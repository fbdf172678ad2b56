import { DataError } from '@earlyexit/core';
import type { DataSource } from '../data-source';
import { createKeyedSet, type KeyedSet, type SetRows } from './keyed-set';
import type { RecordedSplit, RecordedSplits, SplitChanges } from './recorded-splits';
import { imageOfKey, type SampleKeys } from './sample-keys';
import { type SplitRole, splitRoles } from './split-role';

/** Recorded splits, found again. */
interface AssignedSplits {
  readonly splits: Readonly<Record<SplitRole, SetRows>>;
  readonly changes: SplitChanges;
}

/**
 * Finds recorded samples again by their keys. Each keeps its split. A sample that the record does not know is used only
 * if `newSamples` names a split for it, and never if it shows the image of a recorded one.
 *
 * @throws DataError if no sample of a recorded split is left
 */
export function assignRecorded(
  source: DataSource,
  recorded: RecordedSplits,
  keys: SampleKeys,
  newSamples: SplitRole | null,
): AssignedSplits {
  const train = createKeyedSet(source.train, keys.train);
  const own = {
    validation: source.validation == null ? null : createKeyedSet(source.validation, keys.validation ?? []),
    test: source.test === null ? null : createKeyedSet(source.test, keys.test ?? []),
  };
  const sets = [train, own.validation, own.test].filter((set) => set !== null);

  /** Where most samples of a split lie; a validation or test set of the source's own before the training set. */
  const homeOf = (role: SplitRole): KeyedSet => {
    const first = role === 'validation' || role === 'test' ? own[role] : null;
    const count = (set: KeyedSet): number => recorded[role].keys.filter((key) => set.has(key)).length;
    return sets.reduce((best, set) => (count(set) > count(best) ? set : best), first ?? train);
  };
  const parts = splitRoles.map((role) => ({
    role,
    home: homeOf(role),
    ...takeNamed(recorded[role], [homeOf(role)]),
  }));
  const unused = takeNamed(recorded.unused, sets);

  const missing: { id: string; split: SplitRole }[] = [];
  const moved: { id: string; split: SplitRole }[] = [];
  for (const { role, home, rows, left } of parts) {
    for (const { key, id } of left) {
      const row = home.takeAny(key);
      if (row !== null) rows.push(row);
      else (takeFrom(sets, key) ? moved : missing).push({ id, split: role });
    }
    if (rows.length > 0 || recorded[role].keys.length === 0) continue;
    throw new DataError({
      where: source.name,
      rule: `samples of the recorded ${role} split are still there`,
      received: `none of ${recorded[role].keys.length}`,
      remedy: 'Name the data of which the splits were recorded',
    });
  }
  for (const { key } of unused.left) takeFrom(sets, key);

  const images = new Set(
    [...splitRoles, 'unused' as const].flatMap((role) => recorded[role].keys.map(imageOfKey)),
  );
  const added: string[] = [];
  const repeated: string[] = [];
  for (const set of sets) {
    for (const row of set.rest()) {
      const id = set.set.ids[row]!;
      if (images.has(imageOfKey(set.keys[row]!))) {
        repeated.push(id);
        continue;
      }
      added.push(id);
      const part = parts.find(({ role }) => role === newSamples);
      if (part?.home === set) part.rows.push(row);
    }
  }
  const rowsOf = (role: SplitRole): SetRows => {
    const { home, rows } = parts.find((part) => part.role === role)!;
    return { set: home.set, rows: Int32Array.from(rows).sort() };
  };
  return {
    splits: {
      train: rowsOf('train'),
      validation: rowsOf('validation'),
      calibration: rowsOf('calibration'),
      test: rowsOf('test'),
    },
    changes: { added, repeated, missing, moved },
  };
}

interface Sample {
  readonly key: string;
  readonly id: string;
}

/** Takes samples by key and name, so that each of several equal images stays where it was. */
function takeNamed(
  { keys, ids }: RecordedSplit,
  sets: readonly KeyedSet[],
): { readonly rows: number[]; readonly left: readonly Sample[] } {
  const rows: number[] = [];
  const left: Sample[] = [];
  keys.forEach((key, position) => {
    const id = ids[position] ?? key;
    let row: number | null = null;
    for (const set of sets) row ??= set.takeNamed(key, id);
    if (row === null) left.push({ key, id });
    else rows.push(row);
  });
  return { rows, left };
}

function takeFrom(sets: readonly KeyedSet[], key: string): boolean {
  return sets.some((set) => set.takeAny(key) !== null);
}
