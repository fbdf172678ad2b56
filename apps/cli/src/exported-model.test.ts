import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { createModel } from '@earlyexit/model-zoo';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from './testing/tiny-images';
import type { EvaluationDocument } from '@earlyexit/evaluation';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
const data = ['--dataset', 'image-folder', '--data-dir', at('images')];

beforeAll(async () => {
  await writeTinyDataset(at('images'));
  await selectEngine('cpu');
  const preprocessing = { inputShape: [8, 8, 1], mean: [0.4], standardDeviation: [0.3] } as const;
  const model = createModel('test_b_lenet', { classes: ['left', 'top', 'whole'], preprocessing, seed: 3 });
  const policy = { criterion: 'margin', thresholds: [0.05], temperatures: [1.5, 0.8] } as const;
  await saveModel(withMetadata(model, { policy }), at('model'));
});

async function json<Document>(...argv: string[]): Promise<Document> {
  const ran = await runCommand([...argv, '--json']);
  expect(ran.code, ran.stderr).toBe(0);
  return ran.json() as Document;
}

/** The evaluation of the network itself, less what an exported file no longer tells: the energy of its layers. */
async function evaluateNetwork(...decision: string[]): Promise<EvaluationDocument> {
  const { energy, ...known } = await json<EvaluationDocument>('evaluate', at('model'), ...data, ...decision);
  expect(energy).toBeDefined();
  return known;
}

/** What differs in the last bits where another runtime computes. */
function computedElsewhere({ intervals }: EvaluationDocument): Partial<EvaluationDocument> {
  return {
    engine: 'onnxruntime',
    expectedCalibrationError: expect.any(Number) as number,
    intervals: { ...intervals!, expectedCalibrationError: expect.any(Object) as never },
  };
}

it.each([
  ['margin', '0.05'],
  ['entropy', '1'],
  ['patience', '1'],
  ['ensemble', '0.4'],
])('evaluates a file as the network that it was exported from, under %s', async (criterion, threshold) => {
  const decision = ['--criterion', criterion, '--earlyexit', threshold];
  await json('export', at('model'), at('model.onnx'), ...decision);
  const expected = await evaluateNetwork(...decision);
  const document = await json<EvaluationDocument>('evaluate', at('model.onnx'), ...data);
  expect(Object.keys(document).sort()).toEqual(Object.keys(expected).sort());
  expect(document.expectedCalibrationError).toBeCloseTo(expected.expectedCalibrationError ?? 0, 4);
  expect(document).toEqual({ ...expected, ...computedElsewhere(expected) });
});

it('takes other thresholds where they are an input, and says so where they are built in', async () => {
  await json('export', at('model'), at('input.onnx'));
  const never = await json<EvaluationDocument>('evaluate', at('input.onnx'), ...data, '--earlyexit', 'never');
  expect(never).toMatchObject({ thresholds: [null], exits: [{ taken: 0, top1: null }, { share: 1 }] });
  expect(never.top1).toBe(never.static.top1);

  await json('export', at('model'), at('constant.onnx'), '--thresholds-as', 'constants');
  const own = await json<EvaluationDocument>('evaluate', at('input.onnx'), ...data);
  const fixed = await json<EvaluationDocument>('evaluate', at('constant.onnx'), ...data);
  expect(fixed).toEqual({
    ...own,
    exits: own.exits.map((exit) => ({ ...exit, top1All: null, top5All: null })),
    static: { ...own.static, top1: null },
    oracle: null,
    intervals: {
      ...own.intervals,
      accuracyDrop: null,
      static: { top1: null },
      exits: own.intervals?.exits.map((exit) => ({ ...exit, top1All: null })),
    },
  });
  const text = await runCommand(['evaluate', at('constant.onnx'), ...data]);
  expect(text.stdout).toMatch(/fewer MACs on average$/m);
  const other = await runCommand(['evaluate', at('constant.onnx'), ...data, '--earlyexit', '0.5']);
  expect(other).toMatchObject({ code: 2, stdout: '' });
  expect(other.stderr).toContain('thresholds are built into the file: 0.05');
});

it('reports on a file whose thresholds are an input as on its evaluation', async () => {
  const { top1, macsRatio } = await json<EvaluationDocument>('evaluate', at('input.onnx'), ...data);
  const report = await json('report', at('input.onnx'), ...data, '--out', at('report.html'));
  expect(report).toMatchObject({ top1, macsRatio, report: at('report.html') });
});

it('evaluates a file without exits', async () => {
  await json('export', at('model'), at('static.onnx'), '--static');
  const document = await json<EvaluationDocument>('evaluate', at('static.onnx'), ...data);
  expect(document).toMatchObject({ thresholds: [], exits: [{ name: 'final', share: 1 }], macsRatio: 1 });
  const network = await json<EvaluationDocument>('evaluate', at('model'), ...data);
  expect(document.top1).toBe(network.static.top1);
});

it.each([
  ['margin', '0.05'],
  ['entropy', '1'],
  ['patience', '1'],
  ['ensemble', '0.4'],
])('evaluates stages as the network that they were exported from, under %s', async (criterion, threshold) => {
  await json('export', at('model'), '--staged', at('stages'));
  const decision = ['--criterion', criterion, '--earlyexit', threshold];
  const expected = await evaluateNetwork(...decision);
  for (const argument of [at('stages'), join(at('stages'), 'manifest.json')]) {
    const document = await json<EvaluationDocument>('evaluate', argument, ...data, ...decision);
    expect(document.expectedCalibrationError).toBeCloseTo(expected.expectedCalibrationError ?? 0, 4);
    expect(document).toEqual({ ...expected, ...computedElsewhere(expected) });
  }
});

it('runs stages under the calibrated policy', async () => {
  await json('export', at('model'), '--staged', at('stages'));
  const expected = await json<EvaluationDocument>('evaluate', at('model'), ...data);
  const document = await json<EvaluationDocument>('evaluate', at('stages'), ...data);
  expect(document).toMatchObject({ criterion: 'margin', thresholds: [0.05], top1: expected.top1 });
  const image = join(at('images'), 'top');
  const [network, stages] = [
    await json<{ exit: number; class: number }[]>('predict', at('model'), image),
    await json<{ exit: number; class: number }[]>('predict', at('stages'), image, '--batch-size', '7'),
  ];
  expect(stages.map((each) => [each.exit, each.class])).toEqual(
    network.map((each) => [each.exit, each.class]),
  );
  const always = await json<{ exit: number }[]>('predict', at('stages'), image, '--earlyexit', 'always');
  expect(always.every(({ exit }) => exit === 0)).toBe(true);
});

it('says what is wrong with stages', async () => {
  await json('export', at('model'), '--staged', at('spoilt'));
  const stage = (await readdir(at('spoilt'))).find((name) => name.startsWith('stage1-'));
  await rm(join(at('spoilt'), stage ?? ''));
  const missing = await runCommand(['predict', at('spoilt'), at('images')]);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toContain('every stage lies beside its manifest');
  await writeFile(join(at('spoilt'), 'manifest.json'), '{"name":"a web page"}');
  const foreign = await runCommand(['predict', at('spoilt'), at('images')]);
  expect(foreign).toMatchObject({ code: 1, stdout: '' });
  expect(foreign.stderr).toContain('it is the manifest of a staged export');
});

it('predicts with a file as with the network, also where thresholds are built in', async () => {
  await json('export', at('model'), at('input.onnx'));
  await json('export', at('model'), at('constant.onnx'), '--thresholds-as', 'constants');
  const image = join(at('images'), 'top');
  const expected = await json<{ latencyMs: number; score: number; probability: number }[]>(
    'predict',
    at('model'),
    image,
  );
  expect(expected.length).toBeGreaterThan(5);
  for (const file of ['input.onnx', 'constant.onnx']) {
    const predictions = await json<typeof expected>('predict', at(file), image, '--batch-size', '7');
    expect(predictions).toEqual(
      expected.map((prediction) => ({
        ...prediction,
        latencyMs: expect.any(Number) as number,
        score: expect.closeTo(prediction.score, 4) as number,
        probability: expect.closeTo(prediction.probability, 4) as number,
      })),
    );
  }
  const always = await json<{ exit: number }[]>('predict', at('input.onnx'), image, '--earlyexit', 'always');
  expect(always.every(({ exit }) => exit === 0)).toBe(true);
});

it.each([
  [['evaluate', at('model.onnx'), '--criterion', 'energy', ...data], 'criterion is built into the file'],
  [['evaluate', at('model.onnx'), '--criterion', 'all', ...data], 'has its criterion built in'],
  [['evaluate', at('model.onnx'), '--engine', 'wasm', ...data], 'run by onnxruntime'],
  [['evaluate', at('model.onnx'), '--earlyexit', '1', '2', ...data], 'one threshold per early exit'],
  [
    ['evaluate', at('stages'), '--criterion', 'energy', ...data],
    'thresholds beside the stages are for margin',
  ],
  [['evaluate', at('stages'), '--criterion', 'all', ...data], 'not on its exported stages'],
  [['evaluate', at('stages'), '--earlyexit', '1', '2', ...data], 'one threshold per early exit'],
  [['evaluate', at('stages'), '--criterion', 'cross-entropy-oracle', ...data], 'looks at the true classes'],
  [['predict', at('stages'), at('images'), '--monitor'], 'does not remember'],
  [['bench', at('stages')], 'one file with the exits inside'],
  [['calibrate', at('stages'), ...data], 'no longer has'],
  [['profile', at('model.onnx')], 'no longer has'],
  [['evaluate', at('model.onnx'), '--energy-model', 'energy.yaml', ...data], 'no longer has'],
  [['calibrate', at('model.onnx'), ...data], 'no longer has'],
  [['report', at('constant.onnx'), ...data], 'thresholds that are built in let nobody ask'],
  [['export', at('model.onnx'), at('other.onnx')], 'no longer has'],
])('%j is a wrong use', async (argv, says) => {
  const { code, stdout, stderr } = await runCommand(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
});

it('says what is wrong with a file that is missing, or is something else', async () => {
  const missing = await runCommand(['predict', at('missing.onnx'), at('images')]);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toContain('nothing at this path');
});

it('times a file, against a file without exits where one is given', async () => {
  await json('export', at('model'), at('input.onnx'));
  await json('export', at('model'), at('static.onnx'), '--static');
  const bench = ['bench', at('input.onnx'), '--rounds', '1', '--images', '10', '--batches', '5'];
  interface Document {
    rows: { variant: string; speedup: number | null; efficiency: number | null; exitShare: number[] }[];
  }
  const alone = await json<Document>(...bench, '--shares', '0.5');
  expect(alone.rows).toMatchObject([
    { variant: 'early-exit', speedup: null, efficiency: null, exitShare: [0.5, 0.5] },
  ]);
  const { rows } = await json<Document>(...bench, '--static', at('static.onnx'));
  expect(rows.map(({ variant }) => variant)).toEqual(['static', 'early-exit']);
  expect(rows[1]?.speedup).toBeGreaterThan(0);
  const wrong = await runCommand([...bench, '--static', at('input.onnx')]);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('as export --static writes it');
});
