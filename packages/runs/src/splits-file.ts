import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError } from '@earlyexit/core';
import { errorCode, readFileWithin, refuseLarge } from '@earlyexit/core/node';
import type { RecordedSplits } from '@earlyexit/datasets';
import { SPLITS_FILE, splitsChecksum } from '@earlyexit/trainer';
import { z } from 'zod';

// A million samples take some 30 MB, and what is unpacked may be five times that.
const LARGEST_PACKED_BYTES = 2 ** 28;
const LARGEST_BYTES = 2 ** 31;

const split = z
  .object({ ids: z.array(z.string()), keys: z.array(z.string()) })
  .refine(({ ids, keys }) => ids.length === keys.length, 'one key an id');
const schema = z.object({
  format: z.literal('earlyexit-splits'),
  formatVersion: z.literal(1),
  sha256: z.string(),
  splits: z.object({ train: split, validation: split, calibration: split, test: split, unused: split }),
});

/**
 * Reads which sample is in which split of a run.
 *
 * @returns null if the run did not record it, as older runs did not
 * @throws DataError if the record is damaged
 */
export async function readRecordedSplits(runDirectory: string): Promise<RecordedSplits | null> {
  const where = join(runDirectory, SPLITS_FILE);
  let packed: Uint8Array;
  try {
    packed = await readFileWithin(runDirectory, SPLITS_FILE, (bytes, path) => {
      refuseLarge(bytes, LARGEST_PACKED_BYTES, path);
    });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const json = await promisify(gunzip)(packed, { maxOutputLength: LARGEST_BYTES });
    const { sha256, splits } = schema.parse(JSON.parse(json.toString('utf8')));
    if (sha256 === splitsChecksum(splits)) return splits;
  } catch (cause) {
    throw damaged(where, cause);
  }
  throw damaged(where);
}

/** What stands for a split in the metadata of a network: its samples' identities, in whatever order. */
export function fingerprintKeys(keys: readonly string[]): string {
  return createHash('sha256')
    .update([...keys].sort().join('\n'))
    .digest('hex')
    .slice(0, 32);
}

function damaged(where: string, cause?: unknown): DataError {
  return new DataError({
    where,
    rule: 'this file says which sample is in which split, with a checksum that fits',
    received: 'damaged content',
    remedy: 'Copy the run folder again; without this file it is not known what was trained on',
    cause,
  });
}
