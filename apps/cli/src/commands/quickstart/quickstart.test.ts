import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, expect, it } from 'vitest';
import { createOutput } from '../../terminal/output';
import { replaceFolder } from '@earlyexit/core/node';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from '../../testing/tiny-images';
import { runCommand } from '../../testing/run-command';
import { isQuickstart, run as quickstart } from './run';
import { recipe } from './recipe';

const folder = await temporaryFolder();
const images = join(folder, 'images');
const out = join(folder, 'quickstart');
const tiny = {
  ...recipe,
  network: 'test_b_lenet',
  dataset: 'image-folder',
  dataDir: images,
  training: { ...recipe.training, epochs: 2, batchSize: 16 },
  aim: { maxAccuracyDrop: 0.002 },
  augmentation: [],
};

async function run(
  signal = new AbortController().signal,
): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const surroundings = {
    stdin: Readable.from([]),
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    startedAt: performance.now(),
    environment: {},
    onInterrupt: () => () => undefined,
    leave: () => undefined,
  };
  const output = createOutput(surroundings, { json: true, quiet: false, verbose: false });
  const options = { out };
  const given = { operands: {}, options, given: options, flags: new Set<string>() };
  const code = await quickstart({ ...given, output, surroundings, signal }, tiny);
  return { code, stdout, stderr };
}

beforeAll(() => writeTinyDataset(images, 40));

it('goes from images to a report, replaces its own folder, and leaves it alone when interrupted', async () => {
  const first = await run();
  expect(first.code, first.stderr).toBe(0);
  const result = JSON.parse(first.stdout) as {
    seconds: number;
    report: string;
    model: string;
    engine: string;
    thresholds: unknown[];
  };
  expect(result.seconds).toBeGreaterThan(0);
  expect(result.thresholds).toHaveLength(1);
  expect(result.report).toBe(join(out, 'report.html'));
  await access(result.report);
  await access(join(result.model, 'model.json'));
  expect(await readdir(folder)).not.toContain('quickstart.unfinished');
  expect(await readdir(out)).toContain('splits.json.gz');

  // The engine that evaluate would take by itself depends on what is installed, and the last digits on the engine.
  const evaluated = await runCommand(['evaluate', out, '--engine', result.engine, '--json']);
  expect(evaluated.code, evaluated.stderr).toBe(0);
  // `model` is the path here, the network's name there.
  expect(result).toMatchObject({ ...(evaluated.json() as object), model: join(out, 'model', 'best') });

  const page = await readFile(result.report, 'utf8');
  const controller = new AbortController();
  controller.abort();
  expect((await run(controller.signal).catch(() => ({ code: 130 }))).code).toBe(130);
  expect(await readFile(result.report, 'utf8')).toBe(page);

  expect((await run()).code).toBe(0);
  expect(await readFile(result.report, 'utf8')).not.toBe(page);
});

it('refuses to replace what it did not write', async () => {
  const foreign = join(folder, 'foreign');
  await mkdir(foreign);
  await writeFile(join(foreign, 'config.json'), '{"mine": true}');
  const own = { owner: 'quickstart', isOwn: isQuickstart };
  await expect(replaceFolder(foreign, own)).rejects.toThrow(/only an earlier quickstart/);
  await expect(replaceFolder(join(foreign, 'config.json'), own)).rejects.toThrow(/a file/);
  expect(await readdir(foreign)).toEqual(['config.json']);
});
