import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import type { CriterionName } from '@earlyexit/exit-criteria';
import { loadSession } from '@earlyexit/inference/onnx';
import { createSession } from '@earlyexit/inference/tfjs';
import { createModel } from '@earlyexit/model-zoo';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { installPackage } from './testing/install-package';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';

// 474 MB with what it brings along: nothing that this repository depends on.
const TRANSFORMERS = '@huggingface/transformers@4.3.1';
const COUNT = 24;

/** What a stranger's program does with the folder, with nothing but transformers.js. */
const program = `
import { AutoModel, AutoProcessor, env, load_image, pipeline } from '@huggingface/transformers';
const [folder, ...files] = process.argv.slice(1);
env.allowRemoteModels = false;
const offline = { local_files_only: true };
const classify = await pipeline('image-classification', folder, offline);
const labels = await classify(files, { top_k: 100 });
const model = await AutoModel.from_pretrained(folder, offline);
const processor = await AutoProcessor.from_pretrained(folder, offline);
const images = await Promise.all(files.map((file) => load_image(file)));
const answers = [];
for (const batch of [images, ...images.map((image) => [image])]) {
  const { logits, exit_index, score } = await model(await processor(batch));
  answers.push({ classes: logits.dims[1], logits: [...logits.data], exits: [...exit_index.data].map(Number), scores: [...score.data] });
}
console.log(JSON.stringify({ labels, answers }));
`;

interface Answered {
  readonly labels: readonly (readonly { readonly label: string; readonly score: number }[])[];
  /** All images in one batch, then each alone. */
  readonly answers: readonly {
    readonly classes: number;
    readonly logits: readonly number[];
    readonly exits: readonly number[];
    readonly scores: readonly number[];
  }[];
}

const folder = await temporaryFolder();

interface Case {
  readonly name: string;
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
  readonly criterion: CriterionName;
}

const cases: readonly Case[] = [
  { name: 'test_resnet_2exits', shape: [8, 8, 3], criterion: 'max-probability' },
  { name: 'test_resnet_2exits', shape: [8, 8, 3], criterion: 'ensemble' },
  { name: 'test_b_lenet', shape: [8, 8, 1], criterion: 'entropy' },
];

it.for(cases)('stock transformers.js runs $name with its exits, under $criterion', async (each, context) => {
  const { name, shape, criterion } = each;
  const installed = await installPackage(TRANSFORMERS);
  if ('reason' in installed) return context.skip(installed.reason);
  await selectEngine('cpu');
  const channels = shape[2];
  const preprocessing = {
    inputShape: shape,
    mean: [0.5, 0.4, 0.3].slice(0, channels),
    standardDeviation: [0.2, 0.25, 0.3].slice(0, channels),
  };
  const model = createModel(name, { preprocessing });
  const size = shape[0] * shape[1] * channels;
  const data = Uint8Array.from({ length: COUNT * size }, (_, i) => (i * 7919 + (i >> 5) * 104_729) % 256);
  const images = { data, count: COUNT };
  const temperatures = model.metadata.exits.map((_, exit) => 0.6 + 0.7 * exit);
  // About half of those that come to an exit leave there; in the middle of a wide gap between two scores, so that
  // float32 decides as float64 does.
  const early = model.metadata.exits.length - 1;
  const thresholds: number[] = [];
  for (let exit = 0; exit < early; exit++) {
    const later = model.metadata.exits.slice(exit, -1).map(() => 'always' as const);
    const options = { criterion, thresholds: [...thresholds, ...later], temperatures };
    const { scores, exits } = await createSession(model).run(images, options);
    const sorted = [...scores.filter((_, i) => exits[i] === exit)].sort((x, y) => x - y);
    const from = Math.floor(sorted.length / 4);
    const gaps = sorted.slice(from, -from).map((score, i) => score - sorted[from + i - 1]!);
    const place = from + gaps.indexOf(Math.max(...gaps));
    thresholds.push((sorted[place]! + sorted[place - 1]!) / 2);
  }
  const calibrated = withMetadata(model, { policy: { criterion, thresholds, temperatures } });
  const saved = join(folder, `${name}-${criterion}`);
  await saveModel(calibrated, saved);
  const out = `${saved}-hub`;
  const exported = await runCommand(['export', saved, out, '--folder']);
  expect({ code: exported.code }, exported.stderr).toEqual({ code: 0 });

  const files: string[] = [];
  await mkdir(`${saved}-images`);
  for (let image = 0; image < COUNT; image++) {
    const raw = { width: shape[1], height: shape[0], channels };
    const file = join(`${saved}-images`, `${String(image)}.png`);
    await sharp(data.subarray(image * size, (image + 1) * size), { raw })
      .png()
      .toFile(file);
    files.push(file);
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, out, ...files],
    { cwd: installed.folder, maxBuffer: 1e8 },
  );
  const { labels, answers } = JSON.parse(stdout) as Answered;

  const reference = await createSession(calibrated).run(images);
  expect(new Set(reference.exits).size).toBe(early + 1);
  const session = await loadSession(join(out, 'onnx/model.onnx'), { threads: 1 });
  const inColors = channels === 3 ? data : Uint8Array.from([...data].flatMap((byte) => [byte, byte, byte]));
  const own = await session.run({ data: inColors, count: COUNT });
  session.dispose();

  const { classes } = model.metadata;
  const singles = answers.slice(1);
  const together = {
    exits: singles.map(({ exits }) => exits[0]),
    scores: singles.map(({ scores }) => scores[0]!),
    logits: singles.flatMap(({ logits }) => logits),
  };
  for (const { exits, scores, logits } of [answers[0]!, together]) {
    expect(exits).toEqual([...reference.exits]);
    expect(exits).toEqual([...own.exits]);
    scores.forEach((score, i) => {
      expect(Math.abs(score - own.scores[i]!)).toBeLessThan(1e-5);
      expect(Math.abs(score - reference.scores[i]!)).toBeLessThan(1e-4);
    });
    logits.forEach((logit, i) => expect(Math.abs(logit - own.logits[i]!)).toBeLessThan(1e-4));
  }
  labels.forEach(([first], image) => {
    expect(first!.label).toBe(classes[reference.classes[image]!]);
    // The calibrated probability, although transformers.js knows of no temperature.
    if (criterion !== 'ensemble')
      expect(Math.abs(first!.score - reference.probabilities[image]!)).toBeLessThan(1e-4);
    expect(Math.abs(first!.score - own.probabilities[image]!)).toBeLessThan(1e-5);
  });
  expect(await readFile(join(out, 'README.md'), 'utf8')).toContain('transformers.js');
});
