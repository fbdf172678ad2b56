// Trains the tiny network in the folder that is given, resuming, with two workers if their program is named; for tests that
// kill it; with the addresses of two more programs a thread loads the batches. It says `step` after every step, and at the end the weights, every bit of them.
import { selectEngine } from '@earlyexit/backend';
import { adam, cosineSchedule, train } from '../index';
import { stripesWithOrigin } from './stripes';
import { stripes, tinyNetwork, weightsOf } from './tiny-network';

async function main(): Promise<void> {
  const [runDirectory = '', epochs = '1', checkpointEvery = '1', worker = '', inputThread, data] =
    process.argv.slice(2);
  await selectEngine('wasm');
  const model = tinyNetwork();
  await train({
    model,
    train: data === undefined ? stripes(40) : stripesWithOrigin(data, { size: 40, seed: 1 }),
    ...(inputThread === undefined ? {} : { inputThread: { program: inputThread } }),
    validation: stripes(12, 2),
    epochs: Number(epochs),
    batchSize: 8,
    optimizer: adam(),
    schedule: cosineSchedule({ learningRate: 0.01 }),
    averageDecay: 0.9,
    restoreBest: true,
    checkpointEvery: Number(checkpointEvery),
    ...(worker === '' ? {} : { workers: { count: 2, program: worker } }),
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
