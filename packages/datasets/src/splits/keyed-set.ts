import type { ImageSet } from '../image-set/image-set';

/** Rows of one image set. */
export interface SetRows {
  readonly set: ImageSet;
  /** Ascending. */
  readonly rows: Int32Array;
}

/** An image set whose samples are handed out by key, each once. */
export interface KeyedSet {
  readonly set: ImageSet;
  readonly keys: readonly string[];
  /** Whether it holds a sample of that key, handed out or not. */
  has(key: string): boolean;
  /** Hands out the sample of that key and name; `null` if there is none, or it has been handed out. */
  takeNamed(key: string, id: string): number | null;
  /** Hands out the first sample of that key that has not been handed out. */
  takeAny(key: string): number | null;
  /** The rows that have not been handed out. */
  rest(): number[];
}

/** Indexes an image set by the keys of its samples. */
export function createKeyedSet(set: ImageSet, keys: readonly string[]): KeyedSet {
  const rowsOfKey = new Map<string, number[]>();
  keys.forEach((key, row) => {
    const rows = rowsOfKey.get(key);
    if (rows === undefined) rowsOfKey.set(key, [row]);
    else rows.push(row);
  });
  const rowOfId = new Map(set.ids.map((id, row) => [id, row]));
  const isTaken = new Uint8Array(set.size);
  const take = (row: number | undefined): number | null => {
    if (row === undefined || isTaken[row] === 1) return null;
    isTaken[row] = 1;
    return row;
  };
  return {
    set,
    keys,
    has: (key) => rowsOfKey.has(key),
    takeNamed(key, id) {
      const row = rowOfId.get(id);
      return row !== undefined && keys[row] === key ? take(row) : null;
    },
    takeAny: (key) => take(rowsOfKey.get(key)?.find((row) => isTaken[row] === 0)),
    rest: () => [...keys.keys()].filter((row) => isTaken[row] === 0),
  };
}
