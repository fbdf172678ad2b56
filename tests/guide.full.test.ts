import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeTinyImage } from '../apps/cli/src/testing/tiny-images';
import { onAnyMachine, shownCommandsOf } from './guide';
import { linesOf, programsOf, run } from './packed';
import { printedHere } from './printed-here';
import { readText, root } from './workspace';

const page = readText('apps/docs/guide/your-photographs.md');
const PHOTOS_OF_A_CLASS = 120;
let work = '';

/** Bright on the left, at the top, or everywhere, with noise; every second one so pale that it is hard to tell. */
async function writePhotos(folder: string): Promise<void> {
  for (const [label, name] of ['left', 'top', 'whole'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let photo = 0; photo < PHOTOS_OF_A_CLASS; photo++) {
      const look = { side: 28, dark: 30, bright: photo % 2 === 0 ? 160 : 39, noise: 90 };
      await writeTinyImage(join(folder, name, `${photo}.png`), label, photo, look);
    }
  }
}

beforeAll(async () => {
  work = await temporaryFolder();
  await writePhotos(join(work, 'photos'));
  cpSync(join(work, 'photos/left/2.png'), join(work, 'new.png'));
});

// One after the other: each works on what those before it wrote.
describe('from a folder of photographs to a deployed file', () => {
  it.each(shownCommandsOf(page).map((shown) => [shown.words[0]!, shown] as const))(
    'earlyexit %s prints what the page shows',
    async (_, { words, prints }) => {
      const program = join(root, 'packages/earlyexit/bin/earlyexit.js');
      const { stdout } = await run(process.execPath, [program, ...words], work);
      const printed = linesOf(stdout).map(onAnyMachine);
      let from = 0;
      for (const line of prints.map(onAnyMachine)) {
        const place = printed.indexOf(line, from);
        expect(place, `${line}\nin\n${printed.join('\n')}`).toBeGreaterThanOrEqual(from);
        from = place + 1;
      }
    },
  );

  it.each(programsOf(page).map(({ source, prints }) => [prints.join(), source, prints] as const))(
    'a program says %s',
    async (_, source, prints) => {
      expect(await printedHere(source, work)).toEqual(prints);
    },
  );
});
