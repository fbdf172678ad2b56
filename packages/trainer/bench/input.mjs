// What loading the batches in a thread of its own gains or costs: trainings with and without it, in turn.
//   npm run build && node packages/trainer/bench/input.mjs [--network resnet20_cifar_earlyexit] [--dataset cifar10]
//     [--data-dir FOLDER] [--no-augment] [--engine tensorflow] [--threads 2] [--batch 128] [--steps 30] [--rounds 7] [--json]
// Prints medians over the rounds: milliseconds a step and share of waiting, both ways, and the ratio of each pair of runs
// (its median, and the lowest and highest; above 1 the thread is faster). Each run leaves out its first two steps, in which
// the thread starts. The processor's milliseconds a step are those of all threads.
import { parseArgs } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { horizontalFlip, openDataset, padAndCrop, splitDataset } from '@earlyexit/datasets';
import { createModel } from '@earlyexit/model-zoo';
import { adamw, train } from '../dist/index.js';

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'resnet20_cifar_earlyexit' },
    dataset: { type: 'string', default: 'cifar10' },
    'data-dir': { type: 'string' },
    'no-augment': { type: 'boolean', default: false },
    engine: { type: 'string', default: 'tensorflow' },
    threads: { type: 'string' },
    batch: { type: 'string', default: '128' },
    steps: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});
const WARM_UP_STEPS = 2;
const batchSize = Number(options.batch);
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const threads = options.threads === undefined ? {} : { threads: Number(options.threads) };
const engine = await selectEngine(options.engine, threads);
const model = createModel(options.network, { seed: 0 });
const [side, , channels] = model.model.inputs[0].shape.slice(1);
const source = await openDataset(options.dataset, {
  ...(options['data-dir'] === undefined ? {} : { dataDir: options['data-dir'] }),
  ...(options.dataset === 'image-folder' ? { size: side, channels } : {}),
});
const crop = padAndCrop(Math.max(1, Math.round(side / 8)));
const augmentation = options['no-augment'] ? [] : [crop, horizontalFlip()];
const { train: samples } = splitDataset(source, {
  augmentation,
  limit: (Number(options.steps) + WARM_UP_STEPS) * batchSize,
});

async function run(inputThread, seed) {
  const steps = [];
  let before = null;
  await train({
    ...{ model, train: samples, epochs: 1, batchSize, optimizer: adamw(), seed },
    ...(inputThread ? {} : { inputThread }),
    onEvent(event) {
      if (event.type !== 'progress') return;
      if (event.step === WARM_UP_STEPS) before = process.cpuUsage();
      if (event.step > WARM_UP_STEPS) steps.push(event.latest);
    },
  });
  const { user, system } = process.cpuUsage(before);
  const total = (value) => steps.reduce((sum, step) => sum + value(step), 0);
  return {
    stepMs: (1000 * total(({ seconds }) => seconds)) / steps.length,
    waitShare: total(({ waitSeconds }) => waitSeconds) / total(({ seconds }) => seconds),
    processorMs: (user + system) / 1000 / steps.length,
  };
}

await run(true, 0);
const rounds = [];
for (let round = 0; round < Number(options.rounds); round += 1) {
  // Whichever comes first changes from round to round.
  const first = round % 2 === 0;
  const pair = { [first]: await run(first, round), [!first]: await run(!first, round) };
  rounds.push({ thread: pair.true, inLine: pair.false, ratio: pair.false.stepMs / pair.true.stepMs });
}
const summary = (way) =>
  Object.fromEntries(
    Object.keys(rounds[0][way]).map((name) => [name, median(rounds.map((round) => round[way][name]))]),
  );
const ratios = rounds.map(({ ratio }) => ratio);
const result = {
  ...{ engine: engine.name, network: options.network, dataset: options.dataset, batchSize },
  augmented: augmentation.length > 0,
  thread: summary('thread'),
  inLine: summary('inLine'),
  ratio: { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
};
if (options.json) console.log(JSON.stringify(result));
else {
  console.log(`${result.network} on ${result.dataset}, ${result.engine}, batches of ${batchSize}`);
  for (const way of ['inLine', 'thread']) {
    const { stepMs, waitShare, processorMs } = result[way];
    const share = `${(100 * waitShare).toFixed(2)} % waiting`;
    console.log(
      `  ${way}: ${stepMs.toFixed(2)} ms a step, ${share}, ${processorMs.toFixed(1)} ms of processor`,
    );
  }
  const { median: middle, lowest, highest } = result.ratio;
  console.log(`  ratio ${middle.toFixed(3)} (${lowest.toFixed(3)} to ${highest.toFixed(3)})`);
}
