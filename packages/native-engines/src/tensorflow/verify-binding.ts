import { layoutOf } from '@earlyexit/backend/installed';
import { EnvironmentError } from '@earlyexit/core';
import { lastWords, runCommand } from '../run-command';

/** The report of a freshly compiled binding after a small computation. */
export interface BindingReport {
  /** TensorFlow's version. */
  readonly version: string;
  /** Whether it computes on a GPU. */
  readonly usesGpu: boolean;
}

// In a separate process, so that a crashing binding does no damage: the image 1 … 9 under the filter 1 … 4.
const program = `
  const binding = require(process.argv[1]);
  const { TF_FLOAT, TF_ATTR_TYPE, TF_ATTR_STRING, TF_ATTR_BOOL, TF_ATTR_INT } = binding;
  const image = binding.createTensor([1, 3, 3, 1], TF_FLOAT, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  const filter = binding.createTensor([2, 2, 1, 1], TF_FLOAT, Float32Array.of(1, 2, 3, 4));
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'strides', type: TF_ATTR_INT, value: [1, 1, 1, 1] },
    { name: 'padding', type: TF_ATTR_STRING, value: 'VALID' },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'use_cudnn_on_gpu', type: TF_ATTR_BOOL, value: true },
    { name: 'dilations', type: TF_ATTR_INT, value: [1, 1, 1, 1] },
  ];
  const [{ id }] = binding.executeOp('Conv2D', attributes, [image, filter], 1);
  const result = Array.from(binding.tensorDataSync(id));
  if (result.join() !== '37,47,67,77') throw new Error('a convolution gave ' + result);
  console.log(JSON.stringify({ version: binding.TF_Version, usesGpu: binding.isUsingGpuDevice() }));
`;

/**
 * Loads the binding in a separate process and has it compute a convolution with a known result.
 *
 * @throws EnvironmentError if the result is wrong or the process fails
 */
export async function verifyBinding(folder: string): Promise<BindingReport> {
  const result = await runCommand(process.execPath, ['-e', program, layoutOf(folder).binding], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const line = result.stdout.trim().split('\n').at(-1) ?? '';
  if (result.code !== 0 || !line.startsWith('{')) {
    throw new EnvironmentError({
      where: 'engine install',
      rule: `the engine was built but does not compute (${lastWords(result)})`,
      remedy: 'Remove it with `earlyexit engine remove` and use the WASM engine',
    });
  }
  return JSON.parse(line) as BindingReport;
}
