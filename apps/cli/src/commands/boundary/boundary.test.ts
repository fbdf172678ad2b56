import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
const quick = ['boundary', '--points', '40', '--steps', '20', '--engine', 'wasm'];

it('writes the picture as SVG and as PNG, and may write it again', async () => {
  const { code, stdout, stderr } = await runCommand([...quick, '--json', '--out', at('picture.png')]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    shape: 'moons',
    calibrated: true,
    staticMacs: 676,
    files: [at('picture.svg'), at('picture.png')],
  });
  expect(await readFile(at('picture.svg'), 'utf8')).toMatch(/^<svg /);
  expect((await readFile(at('picture.png'))).subarray(1, 4).toString()).toBe('PNG');
  const again = await runCommand([...quick, '--data', 'spirals', '--out', at('picture.svg')]);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).toMatch(/spirals: the first exit answers .* of the test points/);
}, 60_000);

it.each([
  [['--data', 'moon'], 2, /--data/],
  [['--threshold', '0.3'], 2, /--threshold/],
  [['--points', '5'], 2, /--points: it is a whole number from 20 to 20000/],
  [['--out', at('picture.gif')], 2, /--out: .*\.svg or \.png/],
])('refuses %j', async (options, expected, message) => {
  const { code, stderr } = await runCommand([...quick, ...options]);
  expect(stderr).toMatch(message);
  expect(code).toBe(expected);
});

it('leaves a picture of somebody else alone', async () => {
  await writeFile(at('mine.png'), '\x89PNG mine');
  const { code, stderr } = await runCommand([...quick, '--out', at('mine.svg')]);
  expect(code).toBe(1);
  expect(stderr).toContain('only an earlier result is replaced');
});
