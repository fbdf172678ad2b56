import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EarlyExitError, jsonChecksum } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '@earlyexit/testing';
import { readRunConfig, type RunConfig } from './run-config';

const scratch = await temporaryFolder();
const folder = (): Promise<string> => mkdtemp(join(scratch, 'run-'));
const config: RunConfig = {
  format: 'earlyexit-run',
  formatVersion: 1,
  earlyexit: '0.1.0',
  engine: { name: 'wasm', version: '4.22.0' },
  data: { dataset: 'mnist', dataDir: null, seed: 0, validation: null, calibration: 100 },
  options: { epochs: 3, exits: ['block2'] },
};
const text = JSON.stringify(config);

it('reads what it wrote, and null where there is none', async () => {
  const directory = await folder();
  expect(await readRunConfig(directory)).toBeNull();
  await writeFile(join(directory, 'config.json'), text);
  expect(await readRunConfig(directory)).toEqual(config);
});

it('reads what `train` writes alone, and refuses it with a bit flipped', async () => {
  const directory = await folder();
  const content = {
    format: 'earlyexit-run',
    formatVersion: 1,
    note: 'mine',
    training: { epochs: 3, seed: 0 },
  };
  const written = Buffer.from(JSON.stringify({ ...content, sha256: await jsonChecksum(content) }));
  await writeFile(join(directory, 'config.json'), written);
  const read = await readRunConfig(directory);
  expect(read).toMatchObject({ format: 'earlyexit-run', data: null, engine: null, options: {} });
  for (let bit = 0; bit < written.length * 8; bit += 5) {
    const bytes = Uint8Array.from(written);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    await writeFile(join(directory, 'config.json'), bytes);
    const again = await readRunConfig(directory).catch((error: unknown) => {
      if (!EarlyExitError.is(error)) throw error;
      return read;
    });
    expect(again, `bit ${String(bit)}`).toEqual(read);
  }
});

it('reads nothing that a link elsewhere points to', async () => {
  const [directory, elsewhere] = [await folder(), await folder()];
  await writeFile(join(elsewhere, 'config.json'), text);
  await symlink(join(elsewhere, 'config.json'), join(directory, 'config.json'));
  await expect(readRunConfig(directory)).rejects.toThrow(/lies in the folder.*a link to/);
});

it('refuses with an error of ours, or reads, whatever is changed', async () => {
  const directory = await folder();
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  let read = 0;
  let refused = 0;
  for (let at = 0; at < text.length; at++) {
    for (const put of ['', '"', '}', '-1', 'null', deep]) {
      if (put === deep && at % 20 !== 0) continue;
      await writeFile(join(directory, 'config.json'), text.slice(0, at) + put + text.slice(at + 1));
      try {
        await readRunConfig(directory);
        read++;
      } catch (error) {
        expect(EarlyExitError.is(error), String(error)).toBe(true);
        refused++;
      }
    }
  }
  expect(read).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(500);
});
