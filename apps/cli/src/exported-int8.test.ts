import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { loadSession } from '@earlyexit/inference/onnx';
import { createModel } from '@earlyexit/model-zoo';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from './testing/tiny-images';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import type { QuantizationReport } from '@earlyexit/evaluation';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
const data = ['--dataset', 'image-folder', '--data-dir', at('images')];

interface Exported {
  readonly thresholds: readonly (number | null)[];
  readonly ranges: string;
  readonly quantization: QuantizationReport;
}

beforeAll(async () => {
  await writeTinyDataset(at('images'));
  await selectEngine('cpu');
  const preprocessing = { inputShape: [8, 8, 1], mean: [0.4], standardDeviation: [0.3] } as const;
  const model = createModel('test_b_lenet', { classes: ['left', 'top', 'whole'], preprocessing, seed: 3 });
  const policy = { criterion: 'margin', thresholds: [0.05], temperatures: [1.5, 0.8] } as const;
  await saveModel(withMetadata(model, { policy }), at('model'));
});

it('sets thresholds anew on the int8 logits, at the cost of before, and evaluates the file', async () => {
  const ran = await runCommand([
    'export',
    at('model'),
    at('int8.onnx'),
    '--dtype',
    'int8',
    ...data,
    '--json',
  ]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr).toContain('temperatures and thresholds set anew');
  const { thresholds, ranges, quantization } = ran.json() as Exported;
  expect(ranges).toContain('calibration images of image-folder');
  for (const share of quantization.agreement) expect(share).toBeGreaterThan(0.8);
  const { float32, int8 } = quantization.macsShare;
  expect(int8!).toBeLessThanOrEqual(float32! + 1e-9);
  const evaluated = await runCommand(['evaluate', at('int8.onnx'), ...data, '--json']);
  expect(evaluated.code, evaluated.stderr).toBe(0);
  expect((evaluated.json() as EvaluationDocument).thresholds).toEqual(thresholds);
});

it('takes an aim, and thresholds as they are given', async () => {
  const int8 = ['export', at('model'), at('aim.onnx'), '--dtype', 'int8', ...data];
  const aimed = await runCommand([...int8, '--target-macs', '1']);
  expect(aimed.code, aimed.stderr).toBe(0);
  expect(aimed.stderr).toContain('the most accurate at 100 %');
  const given = await runCommand([...int8, '--earlyexit', '0.3', '--json']);
  expect(given.json()).toMatchObject({ thresholds: [0.3], quantization: null });
});

it('asks for data where a trained network remembers none', async () => {
  const ran = await runCommand(['export', at('model'), at('none.onnx'), '--dtype', 'int8']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('--dataset');
});

it('puts int8 into a model folder, and says in its config which', async () => {
  const ran = await runCommand([
    'export',
    at('model'),
    at('hub'),
    '--folder',
    '--dtype',
    'int8',
    ...data,
    '--json',
  ]);
  expect(ran.code, ran.stderr).toBe(0);
  const { thresholds } = ran.json() as Exported;
  const config = JSON.parse(await readFile(join(at('hub'), 'config.json'), 'utf8')) as object;
  expect(config).toMatchObject({
    'transformers.js_config': { dtype: 'q8' },
    earlyexit: { criterion: 'margin', thresholds },
  });
  const file = join(at('hub'), 'onnx', 'model_quantized.onnx');
  expect((await readFile(file)).includes('QuantizeLinear')).toBe(true);
  expect((await loadSession(file, { threads: 1 })).metadata.policy).toMatchObject({ thresholds });
});
