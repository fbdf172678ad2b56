import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';

const folder = await temporaryFolder();
const before = process.env['EARLYEXIT_ENGINES'];
const engine = join(folder, 'tensorflow-2.21.0');
const openvino = join(folder, 'openvino-2026.4.1');

beforeAll(async () => {
  process.env['EARLYEXIT_ENGINES'] = folder;
  await mkdir(engine);
  await writeFile(
    join(engine, 'engine.json'),
    JSON.stringify({ version: '2.21.0', gpu: false, installed: '2026-01-01T00:00:00.000Z' }),
  );
  await mkdir(openvino);
  await writeFile(
    join(openvino, 'engine.json'),
    JSON.stringify({ version: '2026.4.1', installed: '2026-01-01T00:00:00.000Z' }),
  );
});
afterAll(() => {
  if (before === undefined) delete process.env['EARLYEXIT_ENGINES'];
  else process.env['EARLYEXIT_ENGINES'] = before;
});

it.each([
  [['engine', 'instal', 'tensorflow'], /ACTION: .*Did you mean install/],
  [['engine', 'install'], /NAME: it is one of tensorflow, openvino/],
  [['engine', 'install', 'torch'], /NAME: it is one of tensorflow, openvino. Received: torch/],
  [['engine', 'list', '--gpu'], /--gpu/],
  [['engine', 'install', 'openvino', '--gpu'], /--gpu: it chooses which TensorFlow/],
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
    {
      name: 'openvino',
      version: '2026.4.1',
      folder: openvino,
      library: join(openvino, 'openvino', 'libs'),
      installed: '2026-01-01T00:00:00.000Z',
    },
  ]);
  expect((await runCommand(['engine', 'list', 'openvino'])).stdout).toBe(`OpenVINO 2026.4.1: ${openvino}\n`);
  const removed = await runCommand(['engine', 'remove', 'tensorflow']);
  expect(removed.stdout).toBe(`removed TensorFlow 2.21.0: ${engine}\n`);
  expect(await readdir(folder)).toEqual(['openvino-2026.4.1']);
  expect((await runCommand(['engine', 'remove'])).stdout).toBe(`removed OpenVINO 2026.4.1: ${openvino}\n`);
  expect(await readdir(folder)).toEqual([]);
  const again = await runCommand(['engine', 'remove']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('No native engine');
});
