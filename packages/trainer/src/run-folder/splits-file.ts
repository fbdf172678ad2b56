import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { WorkOptions } from '@earlyexit/core';

/** The file of a run folder that says which sample is in which split. */
export const SPLITS_FILE = 'splits.json.gz';

/** Samples that can be told apart by content, such as the splits of `@earlyexit/datasets`. */
export interface IdentifiedSamples {
  /** Their names, for messages. */
  readonly ids: readonly string[];
  /** Their identities by content, in the order of `ids`. */
  keys(options?: WorkOptions): Promise<readonly string[]>;
}

/** Which samples are in one split. */
interface SplitRecord {
  readonly ids: readonly string[];
  readonly keys: readonly string[];
}

/** Which sample is in which split. */
export type SplitsRecord = Readonly<
  Record<'train' | 'validation' | 'calibration' | 'test' | 'unused', SplitRecord>
>;

/** The samples that a training uses, and those that were kept from it. */
export interface KnownSamples {
  readonly train: Partial<IdentifiedSamples>;
  readonly validation?: Partial<IdentifiedSamples> | null;
  readonly calibration?: Partial<IdentifiedSamples>;
  readonly test?: Partial<IdentifiedSamples>;
  readonly unused?: Partial<IdentifiedSamples>;
}

/** The record of a training's samples; null where the training samples have no keys. */
export async function recordSamples(samples: KnownSamples, work: WorkOptions): Promise<SplitsRecord | null> {
  if (!isIdentified(samples.train)) return null;
  const record = async (split: Partial<IdentifiedSamples> | null | undefined): Promise<SplitRecord> =>
    isIdentified(split) ? { ids: split.ids, keys: await split.keys(work) } : { ids: [], keys: [] };
  return {
    train: await record(samples.train),
    validation: await record(samples.validation),
    calibration: await record(samples.calibration),
    test: await record(samples.test),
    unused: await record(samples.unused),
  };
}

function isIdentified(samples: Partial<IdentifiedSamples> | null | undefined): samples is IdentifiedSamples {
  return samples?.ids !== undefined && samples.keys !== undefined;
}

/** A record as the bytes of `splits.json.gz`, with a checksum. `@earlyexit/runs` reads it. */
export async function encodeSplits(record: SplitsRecord): Promise<Uint8Array> {
  const { train, validation, calibration, test, unused } = record;
  const splits = { train, validation, calibration, test, unused };
  const sha256 = splitsChecksum(splits);
  return promisify(gzip)(JSON.stringify({ format: 'earlyexit-splits', formatVersion: 1, sha256, splits }));
}

/** The checksum of a record, whose splits come in the order of `SplitsRecord`. */
export function splitsChecksum(splits: SplitsRecord): string {
  return createHash('sha256').update(JSON.stringify(splits)).digest('hex');
}
