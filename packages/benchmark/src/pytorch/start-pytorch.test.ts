import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { startPasses } from './start-pytorch';

const folder = await temporaryFolder();

/** A program in place of PyTorch's: it gives back what it was told. */
async function standIn(source: string) {
  const script = join(folder, 'peer.mjs');
  await writeFile(script, source);
  return { interpreter: process.execPath, script, depth: 20, blocks: [3] };
}

const settings = { threads: 2, batches: [1, 8], shares: [], images: 16 };

it('tells the script what its first lines say, and takes a pass a line', async () => {
  const peer = await standIn(`
    import { createInterface } from 'node:readline';
    console.log(JSON.stringify({ ready: true }));
    for await (const line of createInterface({ input: process.stdin })) {
      console.log(JSON.stringify({ msPerImage: { told: process.argv.slice(2).join(' '), line } }));
    }`);
  const notes: string[] = [];
  const passes = await startPasses(peer, settings, { onNote: ({ text }) => notes.push(text) });
  expect(await passes?.pass(8)).toEqual({
    told: 'passes --depth 20 --exits 3 --threads 2 --images 16 --batch 1 8 --share 0',
    line: '8',
  });
  passes?.dispose();
  expect(notes).toEqual(['starting PyTorch: a minute or more, for it compiles']);
});

it('goes on without it, with a warning, where it does not start', async () => {
  const peer = await standIn(`console.error('no module named torch'); process.exit(1);`);
  const notes: { level: string; text: string }[] = [];
  expect(await startPasses(peer, settings, { onNote: (note) => notes.push(note) })).toBeNull();
  expect(notes.at(-1)).toMatchObject({ level: 'warning' });
  expect(notes.at(-1)?.text).toMatch(/^PyTorch was not timed: .*no module named torch/s);
});
