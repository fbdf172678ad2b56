import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeptAnswers, writeAnswers } from '@earlyexit/reproduce';
import { seededDraws, temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

const folder = await temporaryFolder();
const results = join(folder, 'results');
const page = join(folder, 'RESULTS.md');

function logits(samples: number): KeptAnswers['test'] {
  const { next } = seededDraws(samples);
  const labels = Int32Array.from({ length: samples }, () => Math.floor(2 * next()));
  const exit = (): Float32Array =>
    Float32Array.from({ length: 2 * samples }, (_, at) => next() + Number(at % 2 === labels[at >> 1]));
  return { exits: [exit(), exit()], samples, classes: 2, labels };
}

it('writes the page, checks it, and says when it is out of date', async () => {
  await mkdir(results);
  await writeAnswers(join(results, 'tiny.answers.gz'), {
    ...{ name: 'tiny', title: 'Tiny', dataset: 'coins', engine: 'cpu', version: '1.0.0', seed: 0 },
    ...{ commands: [], notes: [] },
    exits: [
      { name: 'exit0', macs: 30 },
      { name: 'final', macs: 110 },
    ],
    ...{ staticMacs: 100, policy: null, calibration: logits(150), test: logits(200) },
  });
  const written = await runCommand(['results', results, '--out', page]);
  expect(written).toMatchObject({ code: 0, stderr: '' });
  expect(written.stdout).toMatch(/wrote .*RESULTS\.md and 2 files in .*plots/);
  expect(await readFile(page, 'utf8')).toContain('### Tiny');
  // Its own page is replaced, with the same text.
  const again = await runCommand(['results', results, '--out', page, '--json']);
  expect(again.json()).toMatchObject({ networks: [{ name: 'tiny' }], kept: [], reproductions: [] });
  expect(await runCommand(['results', results, '--out', page, '--check'])).toMatchObject({ code: 0 });
  await writeFile(page, (await readFile(page, 'utf8')).replace('Tiny', 'Huge'));
  const changed = await runCommand(['results', results, '--out', page, '--check']);
  expect(changed.code).toBe(1);
  expect(changed.stderr).toMatch(/RESULTS\.md: .*another text.*earlyexit results/s);
});

it.each([
  ['a folder that is not there', [join(folder, 'none')], 1, /none/],
  [
    'a page of somebody else',
    [results, '--out', join(folder, 'notes.md')],
    1,
    /only an earlier result.*--force/,
  ],
  ['--check beside --add', [results, '--check', '--add', 'b_lenet.mnist'], 2, /--check: it writes nothing/],
  ['a network without weights', [results, '--add', 'b_lenet', '--out', page], 2, /needs a trained network/],
  ['a network that is not there', [results, '--add', 'runs/none', '--out', page], 1, /runs\/none/],
])('results refuses %s', async (_, args, code, message) => {
  await writeFile(join(folder, 'notes.md'), '# My notes');
  const ran = await runCommand(['results', ...args]);
  expect(ran.stderr).toMatch(message);
  expect(ran.code).toBe(code);
});
