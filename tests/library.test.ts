import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeTinyImage } from '../apps/cli/src/testing/tiny-images';
import { programsOf } from './packed';
import { printedHere } from './printed-here';
import { readText } from './workspace';

const programs = programsOf(readText('docs/library.md'));
const titles = [...readText('docs/library.md').matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
let work = '';

beforeAll(async () => {
  work = await temporaryFolder();
  for (const [label, name] of ['left', 'top', 'whole'].entries()) {
    mkdirSync(join(work, 'photos', name), { recursive: true });
    for (let i = 0; i < 30; i++) {
      await writeTinyImage(join(work, 'photos', name, `${String(i)}.png`), label, i, { side: 28 });
    }
  }
  await writeTinyImage(join(work, 'left.png'), 0, 99, { side: 28 });
});

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
