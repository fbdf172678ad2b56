// What worker threads gain: training steps with one worker and with several, in turn, on the WASM engine.
//   npm run build && node packages/trainer/bench/workers.mjs [--networks b_lenet,resnet20_cifar] [--batches 64,128]
//     [--workers 2] [--rounds 9] [--steps 0] [--json]
// Prints medians over the rounds: milliseconds a step, images a second, and the speedup of each pair of runs (its median,
// and the lowest and highest). On Linux also the processor time of the threads a step, which other programs do not change:
// of the calling thread with one worker and with several, and of the other threads. What the calling thread has more than
// they is the part of a step that is not shared. `unloaded` is the speedup that these times allow on cores of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { openStepper } from '../dist/index.js';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: 'b_lenet,resnet20_cifar' },
    batches: { type: 'string', default: '64,128' },
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '9' },
    // Steps of a run; 0: as many as take about a second.
    steps: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});
const numbers = (text) => text.split(',').map(Number);
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** Milliseconds on a processor, by thread; empty where the system does not say. */
function threadTimes() {
  const times = new Map();
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      const [nanoseconds] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ');
      times.set(Number(thread), Number(nanoseconds) / 1e6);
    }
  } catch {
    // Not Linux, or a thread that has just ended.
  }
  return times;
}

/** Runs `steps` steps and gives the milliseconds of each: by the clock, of the main thread, of the busiest others. */
async function measure(stepper, { images, labels }, steps, others) {
  const before = threadTimes();
  const start = performance.now();
  for (let step = 0; step < steps; step += 1) await stepper.step(images, labels);
  const wallMs = (performance.now() - start) / steps;
  const after = threadTimes();
  const spent = (thread) => (after.get(thread) - (before.get(thread) ?? 0)) / steps;
  const rest = [...after.keys()].filter((thread) => thread !== process.pid).map(spent);
  return {
    wallMs,
    mainMs: after.size > 0 ? spent(process.pid) : NaN,
    othersMs: rest.sort((a, b) => b - a).slice(0, others),
  };
}

await selectEngine('wasm');
const rows = [];
for (const network of options.networks.split(',')) {
  for (const batch of numbers(options.batches)) {
    for (const workers of numbers(options.workers)) {
      const open = async (count) =>
        openStepper({ model: createModel(network, { seed: 1 }), batchSize: batch, workers: count });
      const [one, many] = [await open(1), await open(workers)];
      const shape = createModel(network).model.inputs[0].shape.slice(1);
      const size = batch * shape.reduce((product, length) => product * length, 1);
      const data = {
        images: Float32Array.from({ length: size }, (_, at) => ((at * 2654435761) % 1009) / 1009 - 0.5),
        labels: Int32Array.from({ length: batch }, (_, row) => row % 10),
      };
      for (const stepper of [one, many]) await measure(stepper, data, 8, 0);
      const probe = await measure(one, data, 2, 0);
      const steps = Number(options.steps) || Math.max(2, Math.round(1000 / probe.wallMs));
      const rounds = [];
      for (let round = 0; round < Number(options.rounds); round += 1) {
        // Which of the two goes first changes from round to round.
        const pair = {};
        for (const which of round % 2 === 0 ? ['one', 'many'] : ['many', 'one']) {
          pair[which] = await measure(which === 'one' ? one : many, data, steps, workers - 1);
        }
        rounds.push(pair);
      }
      await one.close();
      await many.close();
      const of = (get) => median(rounds.map(get));
      const speedups = rounds.map((pair) => pair.one.wallMs / pair.many.wallMs);
      const mainOne = of((pair) => pair.one.mainMs);
      const mainMany = of((pair) => pair.many.mainMs);
      const othersMs = of((pair) => Math.max(...pair.many.othersMs));
      rows.push({
        network,
        batch,
        workers,
        steps,
        rounds: rounds.length,
        msPerStep: { one: of((pair) => pair.one.wallMs), many: of((pair) => pair.many.wallMs) },
        imagesPerSecond: {
          one: (batch * 1000) / of((pair) => pair.one.wallMs),
          many: (batch * 1000) / of((pair) => pair.many.wallMs),
        },
        speedup: median(speedups),
        speedupRange: [Math.min(...speedups), Math.max(...speedups)],
        processorMsPerStep: { one: mainOne, main: mainMany, others: othersMs },
        unsharedShare: Math.max(0, mainMany - othersMs) / mainMany,
        unloaded: mainOne / Math.max(mainMany, othersMs),
      });
      if (!options.json) print(rows.at(-1));
    }
  }
}
if (options.json) console.log(JSON.stringify({ rows }, null, 2));

function print(row) {
  const fixed = (value, digits = 2) => value.toFixed(digits);
  const { msPerStep: ms, imagesPerSecond: images, processorMsPerStep: cpu } = row;
  console.log(
    `${row.network}, batches of ${row.batch}, ${row.workers} workers: ${fixed(row.speedup)}× (${row.speedupRange.map((value) => fixed(value)).join(' to ')}); ` +
      `${fixed(images.one, 0)} → ${fixed(images.many, 0)} images/s, ${fixed(ms.one, 1)} → ${fixed(ms.many, 1)} ms a step`,
  );
  console.log(
    `  processor time a step: ${fixed(cpu.one, 1)} ms with one worker, ${fixed(cpu.main, 1)} + ${fixed(cpu.others, 1)} with ${row.workers}; ` +
      `not shared ${fixed(100 * row.unsharedShare, 1)} %; unloaded ${fixed(row.unloaded)}×`,
  );
}
