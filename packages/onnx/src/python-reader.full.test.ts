import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectEngine } from '@earlyexit/backend';
import { listCriteria } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { exportConditional } from './export-conditional';
import { exportStaged } from './export-staged';
import { exportStatic } from './export-static';
import { noise } from './testing/compare';
import { quantizationFor } from './testing/quantize';
import { randomNetwork } from '@earlyexit/testing/networks';

const folder = await temporaryFolder();
const script = fileURLToPath(new URL('testing/check_onnx.py', import.meta.url));

/** A Python with `onnx` and `onnxruntime`, or why there is none. */
function preparePython(): { python: string } | { reason: string } {
  const python = join(folder, 'venv', 'bin', 'python');
  try {
    execFileSync('python3', ['-m', 'venv', join(folder, 'venv')], { stdio: 'pipe' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'onnx', 'onnxruntime', 'numpy'], {
      stdio: 'pipe',
    });
    return { python };
  } catch (error) {
    return {
      reason: `python3 with venv and pip could not be prepared: ${(error as Error).message.split('\n')[0]!}`,
    };
  }
}

interface Checked {
  readonly outputs: Record<string, (string | number)[]>;
  readonly kind: string;
  readonly shapes: Record<string, number[]>;
  readonly types: Record<string, string>;
  readonly exits: number[] | null;
}

it('is read back by the Python packages onnx, with strict shape inference, and onnxruntime', async (context) => {
  const prepared = preparePython();
  if ('reason' in prepared) return context.skip(prepared.reason);
  await selectEngine('cpu');
  const files: [string, Uint8Array][] = [];
  const network = createModel('test_resnet_3exits');
  const thresholds = [0.9, 'never', 'always'] as const;
  for (const opset of [13, 17, 18, 20, 21]) {
    for (const criterion of listCriteria()
      .filter(({ needsLabels }) => !needsLabels)
      .map(({ name }) => name)) {
      files.push([
        `${criterion}-${opset}`,
        await exportConditional(network, { criterion, opset, temperatures: [1, 2, 1, 3] }),
      ]);
      files.push([
        `${criterion}-constants-${opset}`,
        await exportConditional(network, { criterion, opset, thresholds, thresholdsAs: 'constants' }),
      ]);
    }
    const quantization = await quantizationFor(network, noise(network, 8), 8);
    const int8 = { opset, quantization };
    files.push([`int8-${opset}`, await exportConditional(network, { ...int8, temperatures: [1, 2, 1, 3] })]);
    files.push([`int8-static-${opset}`, await exportStatic(network, int8)]);
    for (const [name, bytes] of (await exportStaged(network, int8)).files)
      files.push([`int8-${opset}-${name}`, bytes]);
    files.push([`static-${opset}`, await exportStatic(network, { opset })]);
    for (const [name, bytes] of (await exportStaged(network, { opset })).files)
      files.push([`${opset}-${name}`, bytes]);
  }
  for (let seed = 0; seed < 40; seed++) {
    const model = randomNetwork(seed);
    files.push([`random-${seed}`, await exportConditional(model)]);
    const quantization = await quantizationFor(model, noise(model, 8, seed), 8);
    files.push([`random-int8-${seed}`, await exportConditional(model, { quantization })]);
  }
  files.push(['resnet56', await exportConditional(createModel('resnet56_cifar_earlyexit'))]);

  const paths = files.map(([name, bytes]) => {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, bytes);
    return path;
  });
  const lines = execFileSync(prepared.python, [script, ...paths], { encoding: 'utf8', maxBuffer: 1e8 })
    .trim()
    .split('\n');
  expect(lines).toHaveLength(files.length);
  lines.forEach((line, index) => {
    const checked = JSON.parse(line) as Checked;
    const [name] = files[index]!;
    if (checked.kind !== 'conditional') return;
    const classes = name === 'resnet56' ? 10 : name.startsWith('random') ? 3 : 4;
    expect(checked.outputs).toMatchObject({
      logits: ['batch', classes],
      exit_index: ['batch'],
      score: ['batch'],
    });
    expect(checked.shapes).toEqual({ logits: [3, classes], exit_index: [3], score: [3] });
    expect(checked.types).toEqual({ logits: 'float32', exit_index: 'int64', score: 'float32' });
  });
});
