// Trains the tiny network in the folder that is given, resuming, with two workers if their program is named; for tests that
// kill it. It says `step` after every step, and at the end the weights, every bit of them.
import { selectEngine } from '@earlyexit/backend';
import { adam, cosineSchedule, train } from '../index';
import { stripes, tinyNetwork, weightsOf } from './tiny-network';

async function main(): Promise<void> {
  const [runDirectory = '', epochs = '1', checkpointEvery = '1', worker] = process.argv.slice(2);
  await selectEngine('wasm');
  const model = tinyNetwork();
  await train({
    model,
    train: stripes(40),
    validation: stripes(12, 2),
    epochs: Number(epochs),
    batchSize: 8,
    optimizer: adam(),
    schedule: cosineSchedule({ learningRate: 0.01 }),
    averageDecay: 0.9,
    restoreBest: true,
    checkpointEvery: Number(checkpointEvery),
    ...(worker === undefined ? {} : { workers: { count: 2, program: worker } }),
    ...(runDirectory === '' ? {} : { runDirectory, resume: true }),
    onEvent: (event) => {
      if (event.type === 'progress') process.stdout.write('step\n');
    },
  });
  const bits = weightsOf(model).map((values) =>
    Buffer.from(Float32Array.from(values).buffer).toString('hex'),
  );
  process.stdout.write(`weights ${bits.join('')}\n`);
}

void main();
