import { writeFile } from 'node:fs/promises';
import { attachExits } from '@earlyexit/branch-head';
import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { exportStatic } from '@earlyexit/onnx';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

describe('import', () => {
  let folder = '';
  const at = (name: string): string => `${folder}/${name}`;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await selectEngine('cpu');
    const { model } = createModel('test_lenet', { inputShape: [28, 28, 1], classes: 10 });
    await writeFile(at('digits.onnx'), await exportStatic(attachExits(model, [])));
  });

  it(
    'writes a saved model that trains with exits, calibrates and is exported',
    { timeout: 240_000 },
    async () => {
      const made = await runCommand([
        'import',
        at('digits.onnx'),
        '--out',
        at('mine'),
        '--mean',
        '0.1',
        '--std',
        '0.3',
        '--json',
      ]);
      expect(made.stderr).not.toContain('Error');
      expect(made.json()).toMatchObject({ model: at('mine'), exits: 0, preprocessing: { mean: [0.1] } });
      const layers = (await runCommand(['profile', at('mine'), '--json'])).json() as {
        layers: { name: string; className: string }[];
      };
      const after = layers.layers.find(({ name }) => name.startsWith('conv'))!.name;
      const few = [
        '--limit',
        '64',
        '--epochs',
        '1',
        '--batch-size',
        '32',
        '--engine',
        'wasm',
        '--dataset',
        'mnist',
      ];
      const trained = await runCommand([
        'train',
        at('mine'),
        '--exits',
        `${after}:pooled`,
        ...few,
        '--out',
        at('run'),
      ]);
      expect(trained.stderr).not.toMatch(/Error|error/);
      expect(trained.code).toBe(0);
      const calibrated = await runCommand(['calibrate', at('run'), '--json']);
      expect(calibrated.code).toBe(0);
      const exported = await runCommand(['export', at('run'), at('fast.onnx')]);
      expect(exported.code).toBe(0);
    },
  );

  it.each([
    [
      'a network for an ONNX file',
      ['digits.onnx', '--model', 'resnet18'],
      2,
      /--model: an ONNX file says itself/,
    ],
    [
      'weights without a network',
      ['weights.safetensors'],
      2,
      /--model: the network that the weights are for is named/,
    ],
    ['a file that is not there', ['none.onnx'], 1, /none\.onnx/],
    ['classes that do not fit', ['digits.onnx', '--classes', 'a', 'b'], 2, /classes/],
  ])('refuses %s', async (_, [source, ...args], code, message) => {
    const ran = await runCommand(['import', at(source!), '--out', at('none'), ...args]);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  });
});
