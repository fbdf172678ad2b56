/**
 * How much processor time vector scaling of one exit takes, in the built package.
 *
 *   npm run build:js && node packages/calibration/bench/vector-scaling.mjs [classes] [samples]
 */
import process from 'node:process';
import { fitVectorScaling } from '../dist/index.js';

const [classes = 1_000, samples = 5_000] = process.argv.slice(2).map(Number);

let state = 1;
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
const labels = Int32Array.from({ length: samples }, (_, row) => row % classes);
const ease = Float64Array.from({ length: samples }, () => 5 + 2 * normal());
const logits = Float32Array.from({ length: samples * classes }, (_, i) => {
  const row = Math.floor(i / classes);
  const c = i % classes;
  return 1.5 * (normal() + (c === labels[row] ? ease[row] : 0) + ((c % 7) - 3) / 4);
});

const started = process.cpuUsage();
const { nllBefore, nllAfter, converged } = fitVectorScaling(logits, labels, classes);
const { user, system } = process.cpuUsage(started);
const seconds = (user + system) / 1e6;
process.stdout.write(
  `${classes} classes, ${samples} samples: ${seconds.toFixed(1)} s of processor time, ` +
    `negative log-likelihood ${nllBefore.toFixed(4)} to ${nllAfter.toFixed(4)}, converged ${converged}\n`,
);
