// Where the time of a training step goes, kernel by kernel, and what a step costs relative to its own forward pass. npm
// run build && node bench/step-profile.mjs [--network b_lenet|resnet20] [--batch 64] [--engine wasm] [--rounds 15]
// [--clock cpu|wall] Unless given, the clock is the processor time of this process: the WASM engine has one thread, and
// other programs do not count.
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { selectEngine } from '../dist/index.js';
import { networks } from './networks.mjs';

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'b_lenet' },
    batch: { type: 'string', default: '64' },
    engine: { type: 'string', default: 'wasm' },
    rounds: { type: 'string', default: '15' },
    clock: { type: 'string', default: 'cpu' },
    top: { type: 'string', default: '30' },
  },
});
const engine = await selectEngine(options.engine);
const { build, inputShape } = networks[options.network];
const batch = Number(options.batch);
const rounds = Number(options.rounds);

const model = build();
const x = tf.randomNormal([batch, ...inputShape], 0, 1, 'float32', 1);
const labels = tf.oneHot(
  tf.tensor1d(
    Int32Array.from({ length: batch }, (_, i) => i % 10),
    'int32',
  ),
  10,
);
const optimizer = tf.train.momentum(0.01, 0.9);
const crossEntropy = (logits) => tf.losses.softmaxCrossEntropy(labels, logits);

function forward() {
  tf.tidy(() => {
    const outputs = [model.apply(x, { training: false })].flat();
    outputs.at(-1).dataSync();
  });
}

function step() {
  const loss = optimizer.minimize(
    () => tf.addN([model.apply(x, { training: true })].flat().map(crossEntropy)),
    true,
  );
  loss.dataSync();
  loss.dispose();
}

function now() {
  if (options.clock === 'wall') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function milliseconds(work) {
  const start = now();
  work();
  return now() - start;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

for (let i = 0; i < 5; i++) {
  forward();
  step();
}
const forwards = [];
const steps = [];
for (let i = 0; i < rounds; i++) {
  forwards.push(milliseconds(forward));
  steps.push(milliseconds(step));
}
console.log(`${options.network}, batch ${batch}, engine ${engine.name}`);
console.log(
  `forward ${(median(forwards) / batch).toFixed(3)} ms/image (min ${(Math.min(...forwards) / batch).toFixed(3)})`,
);
console.log(
  `step    ${(median(steps) / batch).toFixed(3)} ms/image (min ${(Math.min(...steps) / batch).toFixed(3)})`,
);
console.log(
  `step / forward ${(median(steps) / median(forwards)).toFixed(2)} (of the minima ${(Math.min(...steps) / Math.min(...forwards)).toFixed(2)})`,
);

// Every kernel is wrapped in a stopwatch that leaves out the kernels it calls itself.
const table = new Map();
const running = [];
for (const config of tf.getKernelsForBackend(engine.name)) {
  const { kernelName, kernelFunc } = config;
  tf.unregisterKernel(kernelName, engine.name);
  tf.registerKernel({
    ...config,
    kernelFunc: (call) => {
      const frame = { inner: 0 };
      running.push(frame);
      const start = now();
      const result = kernelFunc(call);
      const elapsed = now() - start;
      running.pop();
      if (running.length > 0) running.at(-1).inner += elapsed;
      const row = table.get(kernelName) ?? { count: 0, ms: 0 };
      row.count++;
      row.ms += elapsed - frame.inner;
      table.set(kernelName, row);
      return result;
    },
  });
}
function profile(title, work) {
  table.clear();
  const repeats = 5;
  let total = 0;
  for (let i = 0; i < repeats; i++) total += milliseconds(work);
  const rows = [...table].sort((a, b) => b[1].ms - a[1].ms).slice(0, Number(options.top));
  const inKernels = [...table.values()].reduce((sum, row) => sum + row.ms, 0);
  console.log(
    `\n${title}: ${(total / repeats).toFixed(2)} ms, ${(inKernels / repeats).toFixed(2)} ms in kernels, tensors ${tf.memory().numTensors}`,
  );
  for (const [name, { count, ms }] of rows) {
    console.log(
      `${name.padEnd(32)} ${String(count / repeats).padStart(5)}× ${(ms / repeats).toFixed(3).padStart(9)} ms ${((100 * ms) / total).toFixed(1).padStart(5)} %`,
    );
  }
}
profile('forward', forward);
profile('step', step);
