import { selectEngine } from '@earlyexit/backend';
import { horizontalFlip, openDataset, padAndCrop, splitDataset } from '@earlyexit/datasets';
import { createModel } from '@earlyexit/model-zoo';
import { adamw, sgd, train, openStepper, oneCycleSchedule } from '../dist/index.js';
const engine = await selectEngine('tensorflow', { threads: 2 });
const source = await openDataset('cifar10', { dataDir: '../shared/data/cifar-10-binary.tar.gz' });
const N = 332;
const { train: samples } = splitDataset(source, {
  augmentation: [padAndCrop(4), horizontalFlip()],
  limit: N * 128,
});
const mk = () => createModel('resnet20_cifar_earlyexit', { seed: 0 });
const models = { a: mk(), b: mk(), c: mk(), d: mk() };
const x = new Float32Array(128 * 3072).map(() => Math.random() - 0.5),
  y = Int32Array.from({ length: 128 }, (_, i) => i % 10);
const med = (v) => {
  const s = [...v].sort((a, b) => a - b);
  return s[s.length >> 1];
};
const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;
async function stepper(model, optimizer) {
  const s = await openStepper({ model, batchSize: 128, optimizer, seed: 0 });
  const t = [];
  for (let i = 0; i < N; i++) {
    const a = performance.now();
    await s.step(x, y);
    t.push(performance.now() - a);
  }
  await s.close();
  return t.slice(3);
}
async function tr(model, extra = {}) {
  const t = [];
  let last = performance.now();
  const events = {};
  await train({
    model,
    train: samples,
    epochs: 1,
    batchSize: 128,
    optimizer: adamw({ weightDecay: 0.01 }),
    seed: 0,
    ...extra,
    onEvent(e) {
      if (e.type === 'progress') {
        const n = performance.now();
        t.push(n - last);
        last = n;
      }
    },
  });
  return t.slice(3);
}
const all = {};
const blocks = (t) => {
  const o = [];
  for (let i = 0; i < t.length; i += 40) o.push(mean(t.slice(i, i + 40)).toFixed(0));
  return o.join(' ');
};
console.log('train', blocks(await tr(models.c)));
console.log('stepper', blocks(await stepper(models.b, adamw({ weightDecay: 0.01 }))));
console.log('inline', blocks(await tr(models.d, { inputThread: false })));
process.exit(0);
process.exit(0);
