import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { adamw, sgd, openStepper } from '../dist/index.js';
import * as tf from '@tensorflow/tfjs-core';
await selectEngine(process.argv[2]);
const batch = Number(process.argv[4] ?? 64);
const x = new Float32Array(batch * (process.argv[3] === 'b_lenet' ? 784 : 3072)).map(
    () => Math.random() - 0.5,
  ),
  y = Int32Array.from({ length: batch }, (_, i) => i % 10);
const table = new Map();
const running = [];
for (const config of tf.getKernelsForBackend(process.argv[2])) {
  const { kernelName, kernelFunc } = config;
  tf.unregisterKernel(kernelName, process.argv[2]);
  tf.registerKernel({
    ...config,
    kernelFunc: (call) => {
      const f = { inner: 0 };
      running.push(f);
      const s = performance.now();
      const r = kernelFunc(call);
      const e = performance.now() - s;
      running.pop();
      if (running.length) running.at(-1).inner += e;
      const big = Math.max(
        ...Object.values(call.inputs).map((i) => (i?.shape ? i.shape.reduce((a, b) => a * b, 1) : 0)),
      );
      const k =
        kernelName +
        (big > 0
          ? ' ' +
            Object.values(call.inputs)
              .map((i) => i?.shape?.join('x'))
              .slice(0, 2)
              .join(' ')
          : '');
      const row = table.get(k) ?? { count: 0, ms: 0 };
      row.count++;
      row.ms += e - f.inner;
      table.set(k, row);
      return r;
    },
  });
}
const A = createModel(process.argv[3] ?? 'resnet20_cifar_earlyexit', { seed: 0 });
const s = await openStepper({ model: A, batchSize: batch, optimizer: adamw({ weightDecay: 0.01 }), seed: 0 });
for (let i = 0; i < 5; i++) await s.step(x, y);
table.clear();
const N = 20;
const t = performance.now();
for (let i = 0; i < N; i++) await s.step(x, y);
const total = performance.now() - t;
const ink = [...table.values()].reduce((a, r) => a + r.ms, 0);
console.log('step', (total / N).toFixed(1), 'in kernels', (ink / N).toFixed(1));
for (const [k, r] of [...table].sort((a, b) => b[1].ms - a[1].ms).slice(0, 60))
  console.log(k.padEnd(60), String(r.count / N).padStart(5), (r.ms / N).toFixed(2));
process.exit(0);
