import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { loadSession } from '@earlyexit/inference/onnx';
import { createModel } from '@earlyexit/model-zoo';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

/** A run folder as far as `export` looks at one. */
async function saveRun(): Promise<string> {
  await selectEngine('cpu');
  const preprocessing = { inputShape: [8, 8, 1], mean: [0.3], standardDeviation: [0.2] } as const;
  const model = createModel('test_b_lenet', { preprocessing });
  const policy = { criterion: 'margin', thresholds: [0.25], temperatures: [2, 1.5] } as const;
  const run = at('run');
  await saveModel(withMetadata(model, { policy }), join(run, 'model', 'best'));
  model.model.dispose();
  return run;
}

it('is a MODEL for predict, which answers as the run does', async () => {
  const run = await saveRun();
  await runCommand(['export', run, at('classifier'), '--folder']);
  const images = at('greys');
  await mkdir(images);
  for (const [i, value] of [0, 90, 255].entries()) {
    const background = { r: value, g: (value * 7) % 256, b: 255 - value };
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background } });
    await image.png().toFile(join(images, `${String(i)}.png`));
  }
  const answers = async (model: string): Promise<unknown[]> => {
    const ran = await runCommand(['predict', model, images, '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    return (ran.json() as { class: number; exit: number }[]).map((each) => [each.class, each.exit]);
  };
  expect(await answers(at('classifier'))).toEqual(await answers(run));
});

it('writes a model folder that says everything, once and again, and leaves other folders alone', async () => {
  const run = await saveRun();
  const out = at('hub');
  const ran = await runCommand(['export', run, out, '--folder', '--json']);
  expect({ code: ran.code }, ran.stderr).toEqual({ code: 0 });
  expect(ran.json()).toMatchObject({
    kind: 'folder',
    directory: out,
    criterion: 'margin',
    thresholds: [0.25],
  });
  const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8')) as Record<string, unknown>;
  expect(config).toMatchObject({
    model_type: 'resnet',
    'transformers.js_config': { dtype: 'fp32' },
    earlyexit: { criterion: 'margin', thresholds: [0.25], temperatures: [2, 1.5] },
  });
  const { classes } = (await loadSession(join(out, 'onnx/model.onnx'), { threads: 1 })).metadata;
  expect(Object.values(config['id2label'] as object)).toEqual(classes);
  // Three channels for the one that the network has: transformers.js knows no other images.
  expect(JSON.parse(await readFile(join(out, 'preprocessor_config.json'), 'utf8'))).toMatchObject({
    size: { shortest_edge: 8 },
    crop_size: { height: 8, width: 8 },
    rescale_factor: 1 / 255,
    image_mean: [0.3, 0.3, 0.3],
    image_std: [0.2, 0.2, 0.2],
  });
  expect(await readFile(join(out, 'README.md'), 'utf8')).not.toContain('right of them');

  const evaluation = {
    model: 'test_b_lenet',
    dataset: 'mnist',
    split: 'test',
    samples: 10_000,
    criterion: 'margin',
    thresholds: [0.25],
    exits: [
      { share: 0.75, top1: 0.99 },
      { share: 0.25, top1: 0.9 },
    ],
    top1: 0.9675,
    static: { top1: 0.97 },
    macsRatio: 2.5,
  };
  await writeFile(join(run, 'evaluation.json'), JSON.stringify(evaluation));
  expect((await runCommand(['export', run, out, '--folder'])).code).toBe(0);
  const card = await readFile(join(out, 'README.md'), 'utf8');
  expect(card).toContain('96.75 % right, against 97.00 % of the final exit');
  expect(card).toContain('| 75.0 % | 99.00 % |');
  // Other thresholds than those that were evaluated: the figures are not theirs.
  expect((await runCommand(['export', run, out, '--folder', '--earlyexit', '0.5'])).code).toBe(0);
  expect(await readFile(join(out, 'README.md'), 'utf8')).not.toContain('96.75 %');
  expect((await readdir(out, { recursive: true })).sort()).toEqual(
    ['README.md', 'config.json', 'onnx', join('onnx', 'model.onnx'), 'preprocessor_config.json'].sort(),
  );

  await mkdir(at('photos'));
  await writeFile(join(at('photos'), 'seven.png'), '');
  const refused = await runCommand(['export', run, at('photos'), '--folder']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('seven.png');
  expect(await readdir(at('photos'))).toEqual(['seven.png']);
});

it.each([
  [['--static'], 2, '--folder'],
  [['--thresholds-as', 'input'], 2, '--folder'],
  [['--staged', at('stages')], 2, '--folder'],
  [[], 2, 'must be known'],
  [['--earlyexit', '0.5'], 1, 'how images become inputs'],
])('of a network with random weights and %j is refused', async (options, code, says) => {
  const ran = await runCommand(['export', 'test_resnet_1exit', at('x'), '--folder', ...options]);
  expect({ code: ran.code }, ran.stderr).toEqual({ code });
  expect(ran.stderr).toContain(says);
});
