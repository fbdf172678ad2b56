import type { WorkOptions } from '@earlyexit/core';
import type { DataSource } from '../data-source';
import type { SetRows } from './keyed-set';
import { keysOfSet } from './sample-keys';

/** Samples of a data set, by name and identity. */
export interface SampleList {
  /** Number of samples. */
  readonly size: number;
  /** The samples' names in the source. */
  readonly ids: readonly string[];
  /**
   * The samples' identities by content, in the order of `ids`; see `sampleKeys`. Reads every image of the set the first
   * time.
   */
  keys(options?: WorkOptions): Promise<readonly string[]>;
}

/** A list of rows of one or more sets. */
export function createSampleList(source: DataSource, parts: readonly SetRows[]): SampleList {
  let ids: readonly string[] | null = null;
  return {
    size: parts.reduce((sum, { rows }) => sum + rows.length, 0),
    get ids() {
      ids ??= parts.flatMap(({ set, rows }) => Array.from(rows, (row) => set.ids[row]!));
      return ids;
    },
    async keys(options = {}) {
      const keys: string[] = [];
      for (const { set, rows } of parts) {
        const ofSet = await keysOfSet(source, set, options);
        for (const row of rows) keys.push(ofSet[row]!);
      }
      return keys;
    },
  };
}
