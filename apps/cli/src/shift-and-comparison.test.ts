import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ran, runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset, writeTinyImage } from './testing/tiny-images';
import type { CorruptedEvaluation } from '@earlyexit/evaluation';
import type { WatchedStream } from '@earlyexit/calibration';

const folder = await temporaryFolder();
const at = (...names: readonly string[]): string => join(folder, ...names);
const [images, run, other] = [at('images'), at('run'), at('other')];

function expectExplained(ran: Ran, code: number, says: RegExp): void {
  expect({ code: ran.code, stdout: ran.stdout }, ran.stderr).toEqual({ code, stdout: '' });
  expect(ran.stderr).toMatch(says);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
}

beforeAll(async () => {
  await writeTinyDataset(images, 120);
  const data = ['--dataset', 'image-folder', '--data-dir', images];
  const train = [
    'train',
    ...data,
    '--epochs',
    '3',
    '--batch-size',
    '16',
    '--optimizer',
    'adam',
    '--lr',
    '0.01',
  ];
  const trained = await runCommand([
    ...train,
    '--model',
    'test_b_lenet',
    '--calibration',
    '120',
    '--out',
    run,
  ]);
  expect(trained.code, trained.stderr).toBe(0);
  const calibrated = await runCommand(['calibrate', run]);
  expect(calibrated.code, calibrated.stderr).toBe(0);
  // The same run, as if it had been trained on something else.
  await cp(run, other, { recursive: true });
  const { sha256: _sha256, ...config } = JSON.parse(await readFile(join(run, 'config.json'), 'utf8')) as {
    sha256: string;
    data: object;
  };
  const elsewhere = { ...config, data: { ...config.data, dataDir: at('elsewhere') } };
  await writeFile(join(other, 'config.json'), JSON.stringify(elsewhere));
}, 60_000);

describe('evaluate --corrupt', () => {
  it('says what becomes of spoilt images, and how soon it is noticed', async () => {
    const ran = await runCommand(['evaluate', run, '--corrupt', 'contrast:5', 'noise:1', '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    const { shift, samples, corrupted } = ran.json() as {
      shift: WatchedStream;
      samples: number;
      corrupted: CorruptedEvaluation[];
    };
    expect(shift).toMatchObject({ falseAlarmRate: 0.01, orders: 21, samples });
    expect(corrupted.map(({ corruption }) => corruption)).toEqual([
      { name: 'contrast', severity: 5 },
      { name: 'noise', severity: 1 },
    ]);
    expect(corrupted[0]?.shift.medianDelay).toBeGreaterThan(0);
    // The stream has no more than 36 images.
    expect(corrupted[0]?.shift.alarms).toBeGreaterThan(10);
    const text = await runCommand(['evaluate', run, '--corrupt', 'contrast:5']);
    expect(text.stdout).toMatch(/^contrast:5 .* after \d+ +(exits|scores|classes)$/m);
  });

  it('explains what it cannot do', async () => {
    const evaluate = (...words: string[]): Promise<Ran> => runCommand(['evaluate', run, ...words]);
    expectExplained(await evaluate('--corrupt', 'nose:3'), 2, /--corrupt: .*Did you mean noise/);
    expectExplained(await evaluate('--corrupt', 'blur:9'), 2, /a severity is a whole number from 1 to 5/);
    const all = await evaluate('--corrupt', 'blur', '--criterion', 'all');
    expectExplained(all, 2, /one policy that needs no labels is watched/);
    const oracle = ['--criterion', 'cross-entropy-oracle', '--earlyexit', '0.4'];
    expectExplained(await evaluate('--corrupt', 'blur', ...oracle), 2, /needs no labels/);
  });
});

describe('predict --monitor', () => {
  it('warns once when the images change, and says so when they do not', async () => {
    const still = await runCommand(['predict', run, join(images, 'top', '001.png'), '--monitor']);
    expect(still.code, still.stderr).toBe(0);
    expect(still.stderr).toContain('monitor: no shift seen in 1 image');
    // Always the same one: no stream of calibration images looks like that.
    const image = at('same.png');
    await writeTinyImage(image, 1, 5);
    const stuck = await runCommand([
      'predict',
      run,
      ...Array<string>(120).fill(image),
      '--monitor',
      '--json',
    ]);
    expect(stuck.code, stuck.stderr).toBe(0);
    expect(stuck.json()).toHaveLength(120);
    expect(
      stuck.stderr.match(/warning: at .*same\.png: The stream has shifted, seen after \d+/g),
    ).toHaveLength(1);
  });

  it('explains what it needs', async () => {
    await rm(join(other, 'logits'), { recursive: true, force: true });
    const ran = await runCommand(['predict', other, join(images, 'top', '001.png'), '--monitor']);
    expectExplained(ran, 1, /--monitor: .*Run earlyexit calibrate .*other first/);
  });
});

describe('report --compare', () => {
  it('refuses another data set, the same network twice, and what is no run', async () => {
    const compare = (...runs: string[]): Promise<Ran> => runCommand(['report', run, '--compare', ...runs]);
    expectExplained(await compare(other), 2, /--compare: networks are compared on the same test images/);
    expectExplained(
      await compare(run),
      2,
      /--compare: each network is named once, and .* is in the report already/,
    );
    expectExplained(await compare(at('nothing')), 1, /nothing at this path/);
    expectExplained(await compare('test_b_lenet'), 2, /needs a trained network/);
  });
});
