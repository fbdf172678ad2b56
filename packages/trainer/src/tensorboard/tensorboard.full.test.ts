import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectEngine } from '@earlyexit/backend';
import { expect, it } from 'vitest';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { train } from '../training/train';
import { createTensorBoardWriter } from './tensorboard-writer';

const environment = fileURLToPath(
  new URL('../../../../node_modules/.cache/earlyexit-tensorboard', import.meta.url),
);
const script = fileURLToPath(new URL('../testing/read_scalars.py', import.meta.url));

/** A Python with TensorBoard, kept for the next time, or why there is none. */
function preparePython(): { python: string } | { reason: string } {
  const python = join(environment, 'bin', 'python');
  try {
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', environment], { stdio: 'pipe' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'tensorboard'], { stdio: 'pipe' });
    return { python };
  } catch (error) {
    return { reason: `TensorBoard could not be installed: ${(error as Error).message.split('\n')[0]!}` };
  }
}

interface Read {
  readonly scalars: Record<string, [step: number, value: number][]>;
  readonly text: string;
  readonly charts: Record<string, string[]>;
}

it('is read by TensorBoard, interrupted and resumed, as metrics.csv has it', async (context) => {
  const prepared = preparePython();
  if ('reason' in prepared) {
    console.log(`skipped: ${prepared.reason}`);
    return context.skip(prepared.reason);
  }
  await selectEngine('wasm');
  const runDirectory = await mkdtemp(join(tmpdir(), 'earlyexit-tensorboard-'));
  const directory = join(runDirectory, 'tensorboard');
  const attempt = async (resume: boolean, stopAt: number): Promise<void> => {
    const writer = await createTensorBoardWriter({
      directory,
      exits: ['exit0', 'final'],
      interval: 4,
      description: '# A run',
    });
    await train({
      model: tinyNetwork(),
      train: stripes(60),
      validation: stripes(12, 2),
      epochs: 4,
      batchSize: 4,
      policy: { criterion: 'max-probability', thresholds: [0.6] },
      checkpointEvery: 6,
      runDirectory,
      resume,
      onEvent: (event) => {
        writer.onEvent(event);
        if (event.type === 'progress' && event.step === stopAt) throw new Error('killed');
      },
    });
    writer.dispose();
  };
  // 15 steps an epoch; the second attempt leaves steps 37 to 41 behind, which the third does again.
  await expect(attempt(false, 20)).rejects.toThrow('killed');
  await expect(attempt(true, 41)).rejects.toThrow('killed');
  await attempt(true, Infinity);

  const read = JSON.parse(execFileSync(prepared.python, [script, directory], { encoding: 'utf8' })) as Read;
  const [header = [], ...rows] = (await readFile(join(runDirectory, 'metrics.csv'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const column = (name: string): [number, number][] =>
    rows.map((row) => [Number(row[header.indexOf('step')]), Math.fround(Number(row[header.indexOf(name)]))]);
  const columns: Record<string, string> = {
    'epoch/loss': 'trainLoss',
    'epoch/learning_rate': 'learningRate',
    'epoch/images_per_second': 'imagesPerSecond',
    'epoch/wait_share': 'waitShare',
    'validation/loss': 'validationLoss',
    'validation/top1': 'validationTop1',
  };
  for (const exit of ['exit0', 'final']) {
    columns[`epoch/loss/${exit}`] = `trainLoss_${exit}`;
    columns[`epoch/accuracy/${exit}`] = `trainAccuracy_${exit}`;
    columns[`validation/loss/${exit}`] = `validationLoss_${exit}`;
    columns[`validation/accuracy/${exit}`] = `validationAccuracy_${exit}`;
    columns[`validation/share/${exit}`] = `validationShare_${exit}`;
  }
  for (const [tag, name] of Object.entries(columns)) expect(read.scalars[tag], tag).toEqual(column(name));
  // Every fourth step, every checkpoint, every epoch's end: each once, none missing, whatever happened in between.
  const steps = Array.from({ length: 60 }, (_, index) => index + 1);
  const expected = steps.filter((step) => step % 4 === 0 || step % 6 === 0 || step % 15 === 0);
  for (const tag of ['train/loss', 'train/accuracy/final', 'train/images_per_second', 'train/wait_share'])
    expect(
      read.scalars[tag]?.map(([step]) => step),
      tag,
    ).toEqual(expected);
  expect(read.text).toBe('# A run');
  expect(read.charts['validation accuracy']).toContain('^validation/accuracy/exit0$');
  await rm(runDirectory, { recursive: true, force: true });
});
