import { cp, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ran, runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from './testing/tiny-images';

const folder = await temporaryFolder();
const at = (...names: readonly string[]): string => join(folder, ...names);
const images = at('images');
const run = at('run');
const image = join(images, 'top', '001.png');
const train = [
  'train',
  '--model',
  'test_b_lenet',
  '--dataset',
  'image-folder',
  '--data-dir',
  images,
  '--epochs',
  '1',
];

/** A failure that is explained: the exit code, nothing on standard output, one error without a stack. */
function expectExplained(
  { code, stdout, stderr }: Ran,
  expected: { code: number; says: string | RegExp },
): void {
  expect({ code, stdout }, stderr).toEqual({ code: expected.code, stdout: '' });
  expect(stderr).toMatch(expected.says);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).not.toContain('something went wrong that should not');
}

beforeAll(async () => {
  await writeTinyDataset(images, 30);
  const { code, stderr } = await runCommand([...train, '--out', run]);
  expect(code, stderr).toBe(0);
  await writeFile(at('empty'), '');
  await mkdir(at('folder'));
  await writeFile(at('folder', 'notes.txt'), 'nothing for us');
  await writeFile(at('text.jpg'), 'this is no JPEG');
  const png = await readFile(image);
  await writeFile(at('half.png'), png.subarray(0, png.length / 2));
  await mkdir(at('foreign'));
  await writeFile(
    at('foreign', 'model.json'),
    JSON.stringify({ format: 'layers-model', modelTopology: {}, weightsManifest: [] }),
  );
  await cp(join(run, 'model', 'best'), at('cut'), { recursive: true });
  const json = at('cut', 'model.json');
  await truncate(json, Math.floor((await stat(json)).size / 2));
});

describe.each(['calibrate', 'evaluate', 'report', 'predict', 'profile'])('%s', (command) => {
  const files = command === 'predict' ? [image] : [];
  it.each([
    ['a path that is not there', './nothing/here', 1, /nothing at this path/],
    ['an empty file', at('empty'), 1, /no model of earlyexit/],
    ['a folder without a model', at('folder'), 1, /no model of earlyexit/],
    ['a model saved by something else', at('foreign'), 1, /saved by earlyexit/],
    ['a model cut in half', at('cut'), 1, /cut/],
    ['a misspelt name', 'test_b_lenett', 2, /Did you mean test_b_lenet/],
    ['no name', '', 2, /MODEL: a model must be named/],
  ])('explains %s', async (_, model, code, says) => {
    expectExplained(await runCommand([command, model, ...files]), { code, says });
  });

  it('explains a missing operand, an unknown option, an unknown engine', async () => {
    expectExplained(await runCommand([command]), { code: 2, says: /missing required argument/ });
    expectExplained(await runCommand([command, run, ...files, '--nothing']), {
      code: 2,
      says: /unknown option/,
    });
    expectExplained(await runCommand([command, run, ...files, '--engine', 'wams']), {
      code: 2,
      says: /--engine: .*Received: wams\. Did you mean wasm/,
    });
  });
});

describe('thresholds', () => {
  it.each([
    ['the wrong number', ['0.5', '0.6']],
    ['not a number', ['NaN']],
    ['infinite', ['Infinity']],
    ['a word', ['sometimes']],
  ])('are refused by every command: %s', async (_, thresholds) => {
    const commands = [
      ['calibrate', run],
      ['evaluate', run],
      ['predict', run, image],
      [...train, '--out', at('unused')],
    ];
    for (const command of commands) {
      expectExplained(await runCommand([...command, '--earlyexit', ...thresholds]), {
        code: 2,
        says: /--earlyexit/,
      });
    }
    await expect(stat(at('unused'))).rejects.toThrow();
  });

  it('may stand before the model', async () => {
    const ran = await runCommand(['evaluate', '--earlyexit', 'always', run, '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.json()).toMatchObject({ thresholds: ['always'], exits: [{ share: 1 }, { taken: 0 }] });
  });
});

describe('predict', () => {
  it.each([
    ['an image that is not there', at('nothing.png'), /nothing\.png/],
    ['a folder without images', at('folder'), /holds images \(\.jpg, /],
  ])('explains %s before it classifies any', async (_, path, says) => {
    expectExplained(await runCommand(['predict', run, image, path]), { code: 1, says });
  });

  it('classifies the good images and names the bad ones', async () => {
    const bad = [at('text.jpg'), at('half.png'), at('empty')];
    const ran = await runCommand(['predict', run, bad[0] ?? '', image, ...bad.slice(1), '--json']);
    expect(ran.code).toBe(1);
    for (const path of bad) expect(ran.stderr).toContain(path);
    const predictions = ran.json() as { input: string; label: string | null; error?: string }[];
    expect(predictions.map(({ input }) => input)).toEqual([bad[0], image, ...bad.slice(1)]);
    expect(predictions.map(({ label }) => label === null)).toEqual([true, false, true, true]);
  });

  it('explains empty standard input', async () => {
    const { code, stderr } = await runCommand(['predict', run, '-']);
    expect(code).toBe(1);
    expect(stderr).toContain('a JPEG, PNG, WebP, AVIF, GIF or TIFF image is expected');
  });
});

describe('train', () => {
  it.each([
    ['no model', ['train'], 2, /--model/],
    ['a misspelt model', ['train', '--model', 'b_lenet2'], 2, /Did you mean b_lenet/],
    ['a misspelt data set', ['train', '--model', 'b_lenet', '--dataset', 'minst'], 2, /Did you mean mnist/],
    [
      'no place of the data',
      ['train', '--model', 'test_b_lenet', '--dataset', 'image-folder'],
      2,
      /--data-dir/,
    ],
    [
      'data that are not there',
      ['train', '--model', 'test_b_lenet', '--dataset', 'image-folder', '--data-dir', at('nothing')],
      1,
      /nothing/,
    ],
    [
      'a file instead of a data folder',
      ['train', '--model', 'test_b_lenet', '--dataset', 'image-folder', '--data-dir', at('empty')],
      1,
      /empty/,
    ],
    ['loss weights of 1 and more', [...train, '--lossweights', '1.2'], 2, /--lossweights.*exit0/],
    ['too many loss weights', [...train, '--lossweights', '0.2', '0.3'], 2, /--lossweights.*exit0/],
    ['a negative loss weight', [...train, '--lossweights', '-0.2'], 2, /--lossweights/],
    [
      'half a worker',
      [...train, '--workers', '0.5'],
      2,
      /--workers: it is a whole number of at least 1, or auto/,
    ],
    [
      'workers on another engine',
      [...train, '--workers', '2', '--engine', 'cpu'],
      2,
      /--workers.*the engine wasm/s,
    ],
    [
      'more workers than samples',
      [...train, '--workers', '5', '--batch-size', '16'],
      2,
      /--workers.*16 take 4/s,
    ],
    ['half an epoch', [...train, '--epochs', '0.5'], 2, /--epochs: it is a whole number/],
    ['more samples than there are', [...train, '--limit', '100000'], 2, /--limit/],
    [
      'an exit after no layer',
      [
        'train',
        '--model',
        'test_lenet',
        '--exits',
        'conv9',
        '--dataset',
        'image-folder',
        '--data-dir',
        images,
      ],
      2,
      /--exits: .*conv9/,
    ],
    ['exits on exits', [...train, '--exits', 'conv2'], 2, /--exits: exits are attached to a plain network/],
    ['a full run folder', [...train, '--out', run], 1, /--resume/],
    ['a file as run folder', [...train, '--out', at('empty')], 1, /run folder/],
    ['a foreign folder to resume', [...train, '--resume', '--out', at('folder')], 1, /notes\.txt/],
    [
      'a configuration that is not there',
      ['train', '--config', at('nothing.yaml')],
      1,
      /nothing\.yaml: .*nothing of that name/,
    ],
    [
      'a folder as configuration',
      ['train', '--config', at('folder')],
      1,
      /folder: this is a file\. Received: a folder/,
    ],
    ['an empty configuration', ['train', '--config', at('empty')], 1, /an empty file/],
  ])('explains %s', async (_, argv, code, says) => {
    const before = await readFile(join(run, 'events.jsonl'), 'utf8');
    expectExplained(await runCommand(argv), { code, says });
    expect(await readFile(join(run, 'events.jsonl'), 'utf8')).toBe(before);
  });
});

describe('other options', () => {
  it.each([
    ['two aims', ['calibrate', run, '--max-accuracy-drop', '1', '--target-macs', '0.5'], 2, /one aim/],
    [
      'an aim and thresholds',
      ['calibrate', run, '--max-accuracy-drop', '1', '--earlyexit', '0.5'],
      2,
      /given or searched/,
    ],
    ['a cost that cannot be reached', ['calibrate', run, '--target-macs', '0.001'], 2, /--target-macs/],
    [
      'the oracle in calibration',
      ['calibrate', run, '--criterion', 'cross-entropy-oracle'],
      2,
      /true classes/,
    ],
    ['a misspelt criterion', ['evaluate', run, '--criterion', 'entropi'], 2, /Did you mean entropy/],
    ['classes that differ', ['evaluate', run, '--dataset', 'mnist'], 2, /classes/],
    ['a report below a file', ['report', run, '--out', at('empty', 'report.html')], 1, /can write here/],
    ['a curve below a file', ['calibrate', run, '--curve', at('empty', 'curve.csv')], 1, /can write here/],
  ])('explain %s', async (_, argv, code, says) => {
    expectExplained(await runCommand(argv), { code, says });
  });
});

describe('quickstart', () => {
  it('refuses a folder that is not its own, and a file', async () => {
    expectExplained(await runCommand(['quickstart', '--out', at('folder')]), {
      code: 1,
      says: /only an earlier quickstart/,
    });
    expectExplained(await runCommand(['quickstart', '--out', at('empty')]), {
      code: 1,
      says: /writes into a folder/,
    });
    expect(await readFile(at('folder', 'notes.txt'), 'utf8')).toBe('nothing for us');
  });
});

describe('the splits', () => {
  it.each(['calibrate', 'evaluate', 'report'])('of a run cannot be cut anew by %s', async (command) => {
    expectExplained(await runCommand([command, run, '--seed', '7']), { code: 2, says: /--seed: .*seed 0/ });
  });
});
