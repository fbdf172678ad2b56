import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { loadSession } from '@earlyexit/inference/onnx';
import { createModel } from '@earlyexit/model-zoo';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from './testing/tiny-images';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import type { QuantizationReport } from '@earlyexit/evaluation';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
const preprocessing = { inputShape: [8, 8, 1], mean: [0.4], standardDeviation: [0.3] } as const;
const policy = { criterion: 'margin', thresholds: [0.05], temperatures: [1.5, 0.8] } as const;
const data = ['--dataset', 'image-folder', '--data-dir', at('images')];

interface Exported {
  readonly thresholds: readonly (number | null)[];
  readonly ranges: string;
  readonly quantization: QuantizationReport;
  readonly agreement: readonly { readonly name: string; readonly share: number }[];
}

beforeAll(async () => {
  await writeTinyDataset(at('images'));
  await selectEngine('cpu');
  const model = createModel('test_b_lenet', { classes: ['left', 'top', 'whole'], preprocessing, seed: 3 });
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
  const { thresholds, ranges, quantization, agreement } = ran.json() as Exported;
  expect(agreement.map(({ name }) => name)).toEqual(['exit0', 'final']);
  expect(agreement.map(({ share }) => share)).toEqual(quantization.agreement);
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
  const { metadata } = await loadSession(file, { threads: 1 });
  expect(metadata.policy).toMatchObject({ thresholds });
  expect(metadata.fittedOn).toMatchObject([
    {
      what: 'int8-ranges',
      fingerprint: expect.stringMatching(/^image-folder calibration [0-9a-f]{32}$/) as string,
    },
  ]);
  const predicted = await runCommand(['predict', at('hub'), join(at('images'), 'top'), '--json']);
  expect(predicted.code, predicted.stderr).toBe(0);
});

it('fails where int8 answers otherwise than float32 too often, and writes nothing', async () => {
  // A channel that is far larger than the others takes all of the 256 steps, though nobody looks at it.
  const model = createModel('test_b_lenet', { classes: ['left', 'top', 'whole'], preprocessing, seed: 3 });
  const changed = (name: string, of: 0 | 1, change: (value: number, index: number) => number): void => {
    const layer = model.model.getLayer(name);
    layer.setWeights(
      layer
        .getWeights()
        .map((weight, i) => (i === of ? tf.tensor(weight.dataSync().map(change), weight.shape) : weight)),
    );
  };
  changed('conv1', 1, (bias, channel) => (channel === 0 ? 1e5 : bias));
  // Both read the two channels of conv1 into three of their own.
  for (const name of ['conv2', 'exit0_conv1']) {
    changed(name, 0, (weight, index) => (Math.floor(index / 3) % 2 === 0 ? 0 : weight));
  }
  await saveModel(withMetadata(model, { policy }), at('dead'));
  const int8 = ['export', at('dead'), at('dead.onnx'), '--dtype', 'int8', ...data];
  const failed = await runCommand(int8);
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr).toMatch(/at least 80\.0 % of the images.*allow less: --min-agreement/s);
  await expect(access(at('dead.onnx'))).rejects.toThrow();
  const allowed = await runCommand([...int8, '--min-agreement', '0.01']);
  expect(allowed.code, allowed.stderr).toBe(0);
  expect(allowed.stderr).toContain('warning: int8 changes answers');
  expect((await runCommand([...int8, '--min-agreement', '2'])).code).toBe(2);
});
