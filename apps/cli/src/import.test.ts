import { writeFile } from 'node:fs/promises';
import { attachExits } from '@earlyexit/branch-head';
import { loadModel } from '@earlyexit/branch-head/node';
import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { exportStatic } from '@earlyexit/onnx';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

const prepared = ['--mean', '0.1', '--std', '0.3'];

describe('import', () => {
  let folder = '';
  const at = (name: string): string => `${folder}/${name}`;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await selectEngine('cpu');
    const { model } = createModel('test_lenet', { inputShape: [28, 28, 1], classes: 10 });
    await writeFile(at('digits.onnx'), await exportStatic(attachExits(model, [])));
  });

  it('writes a saved model, and says what was read', async () => {
    const made = await runCommand(['import', at('digits.onnx'), '--out', at('mine'), ...prepared, '--json']);
    expect(made.stderr).not.toContain('nothing says how images are prepared');
    expect(made.json()).toMatchObject({
      model: at('mine'),
      name: 'digits',
      inputShape: [28, 28, 1],
      exits: 0,
      preprocessing: { inputShape: [28, 28, 1], mean: [0.1], standardDeviation: [0.3] },
    });
    const { metadata } = await loadModel(at('mine'));
    expect(metadata.preprocessing).toMatchObject({ mean: [0.1], standardDeviation: [0.3] });
    const again = await runCommand(['import', at('digits.onnx'), '--out', at('mine'), ...prepared]);
    expect(again.stderr).toMatch(/--out: no saved model is written over/);
    expect(again.code).toBe(1);
  });

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
    [
      'what is said of ONNX files, for weights',
      ['weights.safetensors', '--model', 'resnet18', '--color', 'bgr'],
      2,
      /--color: it is said of ONNX files alone/,
    ],
    [
      'a mean without a deviation',
      ['digits.onnx', '--mean', '0.1'],
      2,
      /--std: mean and standard deviation are stated together/,
    ],
    ['a file that is not there', ['none.onnx'], 1, /none\.onnx/],
    ['classes that do not fit', ['digits.onnx', '--classes', 'a', 'b'], 2, /classes/],
  ])('refuses %s', async (_, [source, ...args], code, message) => {
    const ran = await runCommand(['import', at(source!), '--out', at('none'), ...args]);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  });
});
