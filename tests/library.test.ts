import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '@earlyexit/core';
import { temporaryFolder } from '@earlyexit/testing';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { programsOf } from './packed';
import { printedHere } from './printed-here';
import { readText } from './workspace';

const programs = programsOf(readText('docs/library.md'));
const titles = [...readText('docs/library.md').matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
const SIDE = 28;
let work = '';

beforeAll(async () => {
  work = await temporaryFolder();
  for (const [label, name] of ['left', 'top', 'whole'].entries()) {
    mkdirSync(join(work, 'photos', name), { recursive: true });
    for (let i = 0; i < 30; i++) await writePhoto(join(work, 'photos', name, `${String(i)}.png`), label, i);
  }
  await writePhoto(join(work, 'left.png'), 0, 99);
});

/** Bright on the left, at the top, or everywhere, with noise. */
async function writePhoto(path: string, label: number, seed: number): Promise<void> {
  const random = randomStream(seed * 3 + label);
  const bytes = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const bright = [i % SIDE < SIDE / 2, i < (SIDE * SIDE) / 2, true][label] === true;
    return (bright ? 150 : 20) + 80 * random();
  });
  await sharp(bytes, { raw: { width: SIDE, height: SIDE, channels: 1 } }).toFile(path);
}

// One after the other: each works on what those before it wrote.
describe('the commands as programs', () => {
  it('has a program under every title', () => expect(programs).toHaveLength(titles.length));

  it.each(titles.map((title, index) => [title, programs[index]!] as const))(
    '%s',
    async (_, { source, prints }) => {
      const statements = source
        .replace(/^import .*$/gm, '')
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('//'));
      expect(statements.length).toBeLessThanOrEqual(10);
      const name = `program-${String(titles.indexOf(_))}.mjs`;
      expect(await printedHere(source, work, name)).toEqual(prints);
    },
  );
});
