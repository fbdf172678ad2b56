import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EarlyExitError } from '@earlyexit/core';
import { encodeSplits, SPLITS_FILE } from '@earlyexit/trainer';
import { expect, it } from 'vitest';
import { fingerprintKeys, readRecordedSplits } from './splits-file';
import { temporaryFolder } from '@earlyexit/testing';

const scratch = await temporaryFolder();
const splitOf = (...names: string[]): { ids: string[]; keys: string[] } => ({
  ids: names,
  keys: names.map((name) => `key-${name}`),
});
const splits = {
  train: splitOf('a', 'b'),
  validation: splitOf('c'),
  calibration: splitOf('d'),
  test: splitOf('e'),
  unused: splitOf(),
};

it('comes back as it was written, and is null where a run recorded nothing', async () => {
  const folder = await mkdtemp(join(scratch, 'run-'));
  expect(await readRecordedSplits(folder)).toBeNull();
  await writeFile(join(folder, SPLITS_FILE), await encodeSplits(splits));
  expect(await readRecordedSplits(folder)).toEqual(splits);
});

it('is refused with any bit flipped that changes what it says', async () => {
  const folder = await mkdtemp(join(scratch, 'run-'));
  const whole = await encodeSplits(splits);
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at]! ^= 1 << (at % 8);
    await writeFile(join(folder, SPLITS_FILE), bytes);
    try {
      // A flip in what the packer leaves free, such as the time, changes nothing.
      expect(await readRecordedSplits(folder)).toEqual(splits);
    } catch (error) {
      if (!EarlyExitError.is(error)) throw error;
      expect(error.message).toContain('damaged content');
    }
  }
});

it('fingerprints a split by its samples, in whatever order', () => {
  expect(fingerprintKeys(['a', 'b'])).toBe(fingerprintKeys(['b', 'a']));
  expect(fingerprintKeys(['a', 'b'])).not.toBe(fingerprintKeys(['a']));
});
