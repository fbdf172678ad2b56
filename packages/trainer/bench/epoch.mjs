// One epoch of CIFAR-10 in turn with PyTorch: both train the same network for a number of steps, one while the other waits,
// until each has gone through all images; loading and augmentation included, validation not.
//   npm run build && node packages/trainer/bench/epoch.mjs --data-dir FILE [--python python3] [--threads 2] [--images 42500]
//     [--block 20] [--json]
// Prints the seconds of both, the ratio (above 1 we are faster) and the ratio of each pair of blocks: its median, and the
// lowest and highest. A shared machine changes its speed within minutes; whole epochs one after the other would compare that.
import { spawn } from 'node:child_process';
import { readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { horizontalFlip, openDataset, padAndCrop, splitDataset } from '@earlyexit/datasets';
import { createModel } from '@earlyexit/model-zoo';
import { adamw, oneCycleSchedule, train } from '../dist/index.js';

const { values: options } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '2' },
    images: { type: 'string', default: '42500' },
    block: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    // What this program starts itself as.
    child: { type: 'boolean', default: false },
  },
});
if (options['data-dir'] === undefined) {
  console.error(
    'epoch.mjs needs --data-dir: the CIFAR-10 archive (binary version), or the folder it unpacks to',
  );
  process.exit(2);
}
const images = Number(options.images);
const block = Number(options.block);
const batchSize = 128;
const steps = Math.ceil(images / batchSize);

if (options.child) await trainOurs();
else await compare();

/** Says that it is ready; waits for a line, does a block of steps and says how long they took, until the epoch is over. */
async function trainOurs() {
  await selectEngine('tensorflow', { threads: Number(options.threads) });
  const source = await openDataset('cifar10', { dataDir: options['data-dir'] });
  const { train: samples } = splitDataset(source, {
    augmentation: [padAndCrop(4), horizontalFlip()],
    limit: images,
  });
  let start = 0;
  await train({
    model: createModel('resnet20_cifar_earlyexit', { seed: 0 }),
    train: samples,
    epochs: 1,
    batchSize,
    optimizer: adamw(),
    schedule: oneCycleSchedule({ learningRate: 0.002 }),
    seed: 0,
    onEvent(event) {
      if (event.type === 'start') {
        process.stdout.write('{}\n');
        waitForTurn();
        start = performance.now();
      }
      if (event.type !== 'progress' || (event.step % block !== 0 && event.step !== steps)) return;
      process.stdout.write(`${JSON.stringify({ milliseconds: performance.now() - start })}\n`);
      if (event.step === steps) return;
      waitForTurn();
      start = performance.now();
    },
  });
}

/** Stops everything in this process until a line comes. */
function waitForTurn() {
  readSync(0, new Uint8Array(16));
}

async function compare() {
  const peer = fileURLToPath(new URL('../../../bench/peer/pytorch_peer.py', import.meta.url));
  const common = ['--images', options.images, '--block', options.block, '--data-dir', options['data-dir']];
  const theirs = start(options.python, [
    ...[peer, 'epoch', '--depth', '20', '--exits', '3', '--threads', options.threads],
    ...common,
  ]);
  const ours = start(process.execPath, [
    ...[fileURLToPath(import.meta.url), '--child', '--threads', options.threads],
    ...common,
  ]);
  // Whoever is ready first waits for the other, or would train while that one still loads.
  await ours.answer();
  await theirs.answer();
  const times = { ours: [], theirs: [] };
  for (let done = 0; done < steps; done += block) {
    // Whoever begins changes, so that a machine that becomes slower or faster helps nobody.
    const turns = [
      [ours, times.ours],
      [theirs, times.theirs],
    ];
    for (const [program, list] of (done / block) % 2 === 0 ? turns : turns.toReversed())
      list.push(await program.block());
  }
  ours.end();
  theirs.end();
  const seconds = (list) => list.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000;
  const ratios = times.ours.map((milliseconds, index) => times.theirs[index] / milliseconds);
  const sorted = ratios.toSorted((a, b) => a - b);
  const result = {
    images,
    threads: Number(options.threads),
    seconds: seconds(times.ours),
    peerSeconds: seconds(times.theirs),
    ratio: seconds(times.theirs) / seconds(times.ours),
    blocks: {
      median: (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2,
      lowest: sorted[0],
      highest: sorted.at(-1),
    },
  };
  if (options.json) {
    console.log(JSON.stringify(result));
    return;
  }
  const { median, lowest, highest } = result.blocks;
  console.log(
    `${images} images, ${options.threads} threads: ${result.seconds.toFixed(1)} s, PyTorch ${result.peerSeconds.toFixed(1)} s, ` +
      `${result.ratio.toFixed(2)}× its speed; block by block ${median.toFixed(2)}× (${lowest.toFixed(2)} to ${highest.toFixed(2)})`,
  );
}

function start(program, words) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ended before its epoch did`);
    return JSON.parse(value);
  };
  return {
    answer,
    async block() {
      child.stdin.write('\n');
      return (await answer()).milliseconds;
    },
    end() {
      child.stdin.end();
      child.kill();
    },
  };
}
