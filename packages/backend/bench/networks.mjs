// The two networks that the WASM training kernels are measured on, built from stock TensorFlow.js layers.
import * as tfl from '@tensorflow/tfjs-layers';

/** B-LeNet (BranchyNet, section IV): two outputs, logits. 28×28×1. */
export function branchyLeNet() {
  const input = tfl.input({ shape: [28, 28, 1] });
  const pad = (x, n) => tfl.layers.zeroPadding2d({ padding: [n, n] }).apply(x);
  const conv = (x, filters, kernelSize, padding) =>
    tfl.layers.conv2d({ filters, kernelSize }).apply(pad(x, padding));
  const pool = (x) => tfl.layers.maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' }).apply(x);
  const relu = (x) => tfl.layers.reLU().apply(x);
  const dense = (x, units) => tfl.layers.dense({ units }).apply(x);
  const flatten = (x) => tfl.layers.flatten().apply(x);
  const first = conv(input, 5, 5, 3);
  const branch = dense(flatten(relu(pool(conv(relu(pool(first)), 10, 3, 1)))), 10);
  let x = relu(pool(first));
  x = relu(pool(conv(x, 10, 5, 3)));
  x = relu(pool(conv(x, 20, 5, 3)));
  const trunk = dense(dense(flatten(x), 84), 10);
  return tfl.model({ inputs: input, outputs: [branch, trunk] });
}

/** CIFAR ResNet-20 with projection shortcuts, one output. 32×32×3. */
export function resNet20() {
  const conv = (x, filters, kernelSize, strides) =>
    tfl.layers
      .conv2d({
        filters,
        kernelSize,
        strides,
        padding: 'same',
        useBias: false,
        kernelInitializer: 'heNormal',
      })
      .apply(x);
  const norm = (x) => tfl.layers.batchNormalization({}).apply(x);
  const relu = (x) => tfl.layers.reLU().apply(x);
  const input = tfl.input({ shape: [32, 32, 3] });
  let x = relu(norm(conv(input, 16, 3, 1)));
  for (let stage = 0; stage < 3; stage++) {
    const filters = 16 * 2 ** stage;
    for (let block = 0; block < 3; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      let y = relu(norm(conv(x, filters, 3, strides)));
      y = norm(conv(y, filters, 3, 1));
      const shortcut = strides === 2 ? norm(conv(x, filters, 1, 2)) : x;
      x = relu(tfl.layers.add().apply([y, shortcut]));
    }
  }
  x = tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(x);
  return tfl.model({ inputs: input, outputs: tfl.layers.dense({ units: 10 }).apply(x) });
}

export const networks = {
  b_lenet: { build: branchyLeNet, inputShape: [28, 28, 1] },
  resnet20: { build: resNet20, inputShape: [32, 32, 3] },
};
