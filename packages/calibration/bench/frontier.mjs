/**
 * How long the whole accuracy–cost frontier takes, in the built package.
 *
 *   npm run build && node packages/calibration/bench/frontier.mjs [samples] [classes] [exits] [rounds]
 */
import process from 'node:process';
import { searchThresholds } from '../dist/index.js';

const [samples = 10_000, classes = 10, exits = 6, rounds = 5] = process.argv.slice(2).map(Number);

/** Logits that get more certain from exit to exit; no two scores are equal. */
function inventLogits(seed) {
  let state = seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const labels = Int32Array.from({ length: samples }, () => Math.floor(random() * classes));
  const ease = Float64Array.from({ length: samples }, () => 2.5 + 2 * normal());
  const logits = Array.from({ length: exits }, (_, exit) =>
    Float32Array.from({ length: samples * classes }, (_each, i) => {
      const row = Math.floor(i / classes);
      return 1.5 * (normal() + (i % classes === labels[row] ? ease[row] + (3 * exit) / exits : 0));
    }),
  );
  return { exits: logits, samples, classes, labels };
}

const exitMacs = Array.from({ length: exits }, (_, exit) => 30 * (exit + 1) ** 2 + 5);
const options = { costs: { exitMacs, staticMacs: 30 * exits ** 2 }, aim: { maxAccuracyDrop: 0.005 } };
const seconds = [];
for (let round = 0; round <= rounds; round++) {
  const cached = inventLogits(round + 1);
  const started = process.cpuUsage();
  const { frontier } = searchThresholds(cached, options);
  const { user, system } = process.cpuUsage(started);
  // The first warms up.
  if (round > 0) seconds.push((user + system) / 1e6);
  else
    process.stdout.write(
      `${samples} samples, ${classes} classes, ${exits} exits: ${frontier.length} choices\n`,
    );
}
seconds.sort((a, b) => a - b);
const median = seconds[Math.floor(seconds.length / 2)];
process.stdout.write(
  `processor time of the whole frontier: median ${median.toFixed(2)} s, ${seconds[0].toFixed(2)} to ${seconds.at(-1).toFixed(2)} s in ${rounds} rounds\n`,
);
