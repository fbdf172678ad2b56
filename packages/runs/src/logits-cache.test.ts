import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedLogitsFile, encodeCachedLogits } from '@earlyexit/calibration';
import { EarlyExitError } from '@earlyexit/core';
import { damageBytes, seededDraws, temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { readLogits, reuseOrComputeLogits, writeLogits } from './logits-cache';

const path = join(await temporaryFolder(), 'calibration.safetensors');
const origin = { model: 'network 1', split: 'digits calibration 2' };
const file: CachedLogitsFile = {
  cached: {
    exits: [new Float32Array([1, 2, 3, 4, 5, 6]), new Float32Array([6, 5, 4, 3, 2, 1])],
    samples: 3,
    classes: 2,
    labels: new Int32Array([0, 1, 0]),
  },
  origin,
  sampleIds: ['a', 'b', 'c'],
};

async function reuse(): Promise<{ readonly result: CachedLogitsFile; readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const result = await reuseOrComputeLogits(path, origin, () => Promise.resolve(file), {
    onNote: ({ text }) => {
      notes.push(text);
    },
  });
  return { result, notes };
}

it('keeps logits and takes them again', async () => {
  expect((await reuse()).notes).toEqual([expect.stringContaining('kept in the run folder')]);
  const { result, notes } = await reuse();
  expect(result).toEqual(file);
  expect(notes).toEqual([`calibration logits taken from ${path}: same weights, same images`]);
});

it('reads a file of before, which has no checksum', async () => {
  await writeFile(path, encodeCachedLogits(file));
  expect(await readLogits(path, origin)).toEqual(file);
});

it('never gives other logits for a file with a bit flipped', async () => {
  await writeLogits(path, file);
  const whole = await readFile(path);
  for (let bit = 0; bit < whole.length * 8; bit += 13) {
    const bytes = Uint8Array.from(whole);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    await writeFile(path, bytes);
    const read = await readLogits(path, {}).catch((error: unknown) => {
      if (!EarlyExitError.is(error)) throw error;
      return file;
    });
    expect(read, `bit ${String(bit)}`).toEqual(file);
  }
});

it('computes damaged logits anew and says so', async () => {
  await writeLogits(path, file);
  const whole = await readFile(path);
  let anew = 0;
  for (let seed = 0; seed < 60; seed++) {
    await writeFile(path, damageBytes(whole, seededDraws(seed)));
    const { result, notes } = await reuse();
    expect(result).toEqual(file);
    if (notes.some((text) => text.includes('computing the logits anew'))) anew += 1;
  }
  expect(anew).toBeGreaterThan(50);
});
