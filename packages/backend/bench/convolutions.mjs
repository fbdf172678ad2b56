// The convolution kernels shape by shape: billions of multiply-accumulates per second, ours beside the backend's own.
// npm run build && node bench/convolutions.mjs [--batch 64] [--milliseconds 300]
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerWasmTrainingKernels } from '../dist/index.js';

const { values: options } = parseArgs({
  options: { batch: { type: 'string', default: '64' }, milliseconds: { type: 'string', default: '300' } },
});
const batch = Number(options.batch);
await tf.setBackend('wasm');
const own = { forward: tf.getKernel('Conv2D', 'wasm'), input: tf.getKernel('Conv2DBackpropInput', 'wasm') };
registerWasmTrainingKernels();
const ours = {
  forward: tf.getKernel('Conv2D', 'wasm'),
  input: tf.getKernel('Conv2DBackpropInput', 'wasm'),
  filter: tf.getKernel('Conv2DBackpropFilter', 'wasm'),
};

// [height = width, in, filter, out, stride, padding]
const shapes = [
  [34, 1, 5, 5, 1, 'valid'],
  [17, 5, 3, 10, 1, 'valid'],
  [21, 5, 5, 10, 1, 'valid'],
  [15, 10, 5, 20, 1, 'valid'],
  [32, 3, 3, 16, 1, 'same'],
  [32, 16, 3, 16, 1, 'same'],
  [32, 16, 3, 32, 2, 'same'],
  [16, 32, 3, 32, 1, 'same'],
  [32, 16, 1, 32, 2, 'same'],
  [8, 64, 3, 64, 1, 'same'],
];

const cpuMilliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function rate(kernel, call, macs) {
  const backend = tf.backend();
  const once = () => {
    const out = kernel.kernelFunc({ ...call, backend });
    backend.disposeData(out.dataId);
  };
  for (let i = 0; i < 3; i++) once();
  let best = Infinity;
  const end = performance.now() + Number(options.milliseconds);
  do {
    const start = cpuMilliseconds();
    once();
    best = Math.min(best, cpuMilliseconds() - start);
  } while (performance.now() < end);
  return (macs / best / 1e6).toFixed(2).padStart(6);
}

console.log('shape'.padEnd(32), 'forward (own)   input   filter    GMAC/s');
for (const [size, inChannels, filterSize, outChannels, stride, pad] of shapes) {
  const x = tf.randomNormal([batch, size, size, inChannels]);
  const filter = tf.randomNormal([filterSize, filterSize, inChannels, outChannels]);
  const y = tf.conv2d(x, filter, stride, pad);
  const dy = tf.randomNormal(y.shape);
  const macs = y.size * filterSize * filterSize * inChannels;
  const attrs = { strides: stride, pad, dataFormat: 'NHWC', dilations: 1 };
  const forward = { inputs: { x, filter }, attrs };
  const input = { inputs: { dy, filter }, attrs: { ...attrs, inputShape: x.shape } };
  const name = `${size}×${size}×${inChannels} ⊛ ${filterSize}×${filterSize} → ${outChannels}, stride ${stride}`;
  console.log(
    name.padEnd(32),
    rate(ours.forward, forward, macs),
    `(${rate(own.forward, forward, macs)})`,
    rate(ours.input, input, macs),
    rate(ours.filter, { inputs: { x, dy }, attrs: { ...attrs, filterShape: filter.shape } }, macs),
  );
  tf.dispose([x, filter, y, dy]);
}
