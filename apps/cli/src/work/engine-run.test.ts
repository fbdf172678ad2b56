import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command';
import { temporaryFolder } from '../testing/temporary-folder';

const folder = await temporaryFolder();
const before = process.env['EARLYEXIT_ENGINES'];
const engine = join(folder, 'tensorflow-2.21.0');

beforeAll(async () => {
  process.env['EARLYEXIT_ENGINES'] = folder;
  await mkdir(engine);
  await writeFile(
    join(engine, 'engine.json'),
    JSON.stringify({ version: '2.21.0', gpu: false, installed: '2026-01-01T00:00:00.000Z' }),
  );
});
afterAll(() => {
  if (before === undefined) delete process.env['EARLYEXIT_ENGINES'];
  else process.env['EARLYEXIT_ENGINES'] = before;
});

it.each([
  [['engine', 'instal', 'tensorflow'], /ACTION: .*Did you mean install/],
  [['engine', 'install'], /NAME: it is tensorflow/],
  [['engine', 'install', 'torch'], /NAME: it is tensorflow. Received: torch/],
  [['engine', 'list', '--gpu'], /--gpu/],
])('explains wrong use: %j', async (argv, says) => {
  const { code, stdout, stderr } = await runCommand(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(says);
});

it('lists what is installed, then removes it', async () => {
  const listed = await runCommand(['engine', 'list', '--json']);
  expect(listed.json()).toEqual([
    {
      name: 'tensorflow',
      version: '2.21.0',
      gpu: false,
      folder: engine,
      installed: '2026-01-01T00:00:00.000Z',
      kernels: '',
    },
  ]);
  const removed = await runCommand(['engine', 'remove']);
  expect(removed.stdout).toBe(`removed TensorFlow 2.21.0: ${engine}\n`);
  expect(await readdir(folder)).toEqual([]);
  const again = await runCommand(['engine', 'remove']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('No native engine');
});
