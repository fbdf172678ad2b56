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

describe('what was promised', () => {
  const engine = ['--engine', 'wasm'];
  const top = join(images, 'top');

  it('is watched by the answers that are checked', async () => {
    const without = await runCommand(['predict', run, top, '--recheck', '5', ...engine]);
    expectExplained(without, 2, /--recheck: the loss that was promised is watched.*promises nothing here/);
    const calibrate = ['calibrate', run, '--risk', '0.4', ...engine];
    expect((await runCommand([...calibrate])).code).toBe(0);
    const ran = await runCommand(['predict', run, top, '--recheck', '5', '--json', ...engine]);
    expect(ran.code, ran.stderr).toBe(0);
    const answers = ran.json() as { class: number; finalClass?: number }[];
    answers.forEach(({ finalClass }, i) => {
      expect(typeof finalClass).toBe(i % 5 === 0 ? 'number' : 'undefined');
    });
    expect(ran.stderr).toMatch(/monitor: \d+ labels give no reason to doubt a risk of at most 0\.4/);
    const labels = at('labels.csv');
    await writeFile(labels, '001.png,top\n');
    const wrong = await runCommand(['predict', run, top, '--labels', labels, ...engine]);
    expectExplained(wrong, 2, /--labels: the promise is about the final exit’s answers/);
    expect((await runCommand([...calibrate, '--loss', 'gap'])).code).toBe(0);
    const labelled = await runCommand(['predict', run, top, '--labels', labels, ...engine]);
    expect(labelled.stderr).toContain('monitor: 1 labels give no reason');
  });

  it('holds where the final exit may decline', async () => {
    const ran = await runCommand(['calibrate', run, '--reject-risk', '0.5', '--json', ...engine]);
    expect(ran.code, ran.stderr).toBe(0);
    const { reject } = ran.json() as { reject: { below: number } | null };
    expect(reject).not.toBeNull();
    const evaluated = await runCommand(['evaluate', run, '--json', ...engine]);
    expect(evaluated.json()).toMatchObject({
      reject: { ...reject, answered: expect.any(Number) as number },
    });
    const text = await runCommand(['evaluate', run, ...engine]);
    expect(text.stdout).toMatch(/of these 36 images [\d.]+ % got an answer, [\d.]+ % of them wrong \(/);
    const answers = (await runCommand(['predict', run, top, '--json', ...engine])).json();
    expect(answers).toContainEqual(expect.objectContaining({ declined: false }));
  });

  it('is not looked for in too few images', async () => {
    const ran = await runCommand(['predict', run, join(top, '001.png'), '--monitor-end', ...engine]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('at least 100 numbers are needed');
  });
});

describe('evaluate --budget', () => {
  it('measures on the test images what was set on the calibration images', async () => {
    const curve = at('budgets.csv');
    const ran = await runCommand(['evaluate', run, '--budget', '--curve', curve, '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.json()).toMatchObject({ measuredOn: { split: 'test', samples: 36 }, curve });
    expect((await readFile(curve, 'utf8')).trim().split('\n')).toHaveLength(40);
    const text = await runCommand(['evaluate', run, '--budget']);
    expect(text.stdout).toContain('36 test images, criterion max-probability');
  });

  it('explains what it does not go with', async () => {
    const evaluate = (...words: string[]): Promise<Ran> => runCommand(['evaluate', run, ...words]);
    expectExplained(
      await evaluate('--budget', '--criterion', 'all'),
      2,
      /--budget: the protocol .* with --criterion/,
    );
    expectExplained(await evaluate('--curve', at('x.csv')), 2, /--curve: it takes the budgets/);
    await writeFile(at('notes.csv'), 'mine');
    const other = await evaluate('--budget', '--curve', at('notes.csv'));
    expectExplained(other, 1, /--curve: only an earlier result is replaced/);
    // Before anything slow begins.
    expect(other.stderr).not.toContain('engine:');
  });
});
