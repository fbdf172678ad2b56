import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { describe, expect, it } from 'vitest';
import { FeatureStore } from './feature-store';

const stored = { key: ['network'], widths: [2, 3], samples: 4 };
const numbers = (from: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => from + i);

describe('FeatureStore', () => {
  it('goes on where it was interrupted, in the middle of a sample too', async () => {
    const folder = await temporaryFolder();
    const first = await FeatureStore.open(folder, stored);
    await first.append([numbers(0, 4), numbers(100, 6)]);
    await first.append([numbers(4, 2), numbers(106, 3)]);
    await first.close();
    const [inside = ''] = await readdir(folder);
    await truncate(join(folder, inside, '1.f32'), 3 * 3 * 4 - 1);

    const again = await FeatureStore.open(folder, stored);
    expect(again.done).toBe(2);
    await again.append([numbers(4, 4), numbers(106, 6)]);
    expect(again.done).toBe(4);
    expect(await again.read(0, [0, 4])).toEqual(numbers(0, 8));
    expect(await again.read(1, [1, 3])).toEqual(numbers(103, 6));
    await again.close();
  });

  it('takes nothing of other features, and leaves nothing where nobody asked for it', async () => {
    const folder = await temporaryFolder();
    const kept = await FeatureStore.open(folder, stored);
    await kept.append([numbers(0, 4), numbers(0, 6)]);
    await kept.close();
    const other = await FeatureStore.open(folder, { ...stored, key: ['another network'] });
    expect(other.done).toBe(0);
    await other.close();
    expect(await readdir(folder)).toHaveLength(2);
    const passing = await FeatureStore.open(null, stored);
    await passing.append([numbers(0, 2), numbers(0, 3)]);
    expect(await passing.read(1, [0, 1])).toEqual(numbers(0, 3));
    await passing.close();
  });

  it('lets one at a time work on the same features', async () => {
    const folder = await temporaryFolder();
    const first = await FeatureStore.open(folder, stored);
    await expect(FeatureStore.open(folder, stored)).rejects.toMatchObject({
      name: 'EnvironmentError',
      message: expect.stringContaining('one process at a time') as string,
    });
    await first.close();
    await (await FeatureStore.open(folder, stored)).close();
  });
});
