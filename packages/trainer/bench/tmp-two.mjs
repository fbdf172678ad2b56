import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { adamw, sgd, openStepper } from '../dist/index.js';
import * as zoo from '@earlyexit/model-zoo';
await selectEngine('tensorflow', { threads: Number(process.argv[2] ?? 2) });
const x = new Float32Array(128 * 3072).map(() => Math.random() - 0.5),
  y = Int32Array.from({ length: 128 }, (_, i) => i % 10);
const A = createModel('resnet20_cifar_earlyexit', { seed: 0 });
const B = createModel('resnet20_cifar', { seed: 0, exits: [{ after: 'block3' }] });
const C = createModel('resnet20_cifar', { seed: 0 });
console.log(
  B.model.outputs.length,
  A.metadata?.exits?.map?.((e) => e.name),
);
const s = [];
for (const m of [A, B, C])
  s.push(await openStepper({ model: m, batchSize: 128, optimizer: adamw({ weightDecay: 0.01 }), seed: 0 }));
const t = [[], [], []];
for (let i = 0; i < 60; i++)
  for (let k = 0; k < 3; k++) {
    const a = performance.now();
    await s[k].step(x, y);
    if (i > 3) t[k].push(performance.now() - a);
  }
const med = (v) => {
  const q = [...v].sort((a, b) => a - b);
  return q[q.length >> 1];
};
console.log(t.map(med));
console.log('paired', med(t[0].map((v, i) => v / t[1][i])), med(t[2].map((v, i) => v / t[1][i])));
process.exit(0);
