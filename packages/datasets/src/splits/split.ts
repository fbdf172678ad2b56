import { createSampleList, type SampleList } from './sample-list';
import type { SplitRole } from './split-role';
import type { Augmentation } from '../augmentation/augmentation';
import { checkRows } from '../image-set/check-rows';
import type { DataSource } from '../data-source';
import type { ImageSet, ImageShape } from '../image-set/image-set';
import { createSplitLoad, type LoadSplit } from './split-load';

/**
 * A part of a data set with one purpose. The role is part of the type, so that a function can ask for a
 * `Split<'calibration'>` and will not be given the test set.
 */
export interface Split<R extends SplitRole = SplitRole> extends SampleList {
  readonly role: R;
  /** The class of each sample, `[size]`. */
  readonly labels: Int32Array;
  readonly imageShape: ImageShape;
  /** Reads samples as network inputs. */
  readonly load: LoadSplit;
  /** Reads samples as raw bytes `[rows, height, width, channels]`, without augmentation. */
  bytes(rows: Int32Array): Promise<Uint8Array>;
}

/** Makes a split of the given rows of an image set. */
export function createSplit<R extends SplitRole>(options: {
  readonly role: R;
  readonly source: DataSource;
  readonly set: ImageSet;
  /** Rows of `set`, ascending. */
  readonly rows: Int32Array;
  readonly augmentation: readonly Augmentation[];
}): Split<R> {
  const { role, source, set, rows, augmentation } = options;
  const where = `the ${role} split of ${source.name}`;
  const { imageShape, mean, standardDeviation } = source;
  const list = createSampleList(source, [{ set, rows }]);
  return {
    role,
    size: rows.length,
    get ids() {
      return list.ids;
    },
    keys: list.keys,
    labels: rows.map((row) => set.labels[row]!),
    imageShape,
    load: createSplitLoad({ where, imageShape, mean, standardDeviation }, set, rows, augmentation),
    async bytes(positions) {
      checkRows(where, positions, rows.length);
      return set.read(positions.map((position) => rows[position]!));
    },
  };
}
