// Trains one network on noise in a process of its own, so that `bench --training` can time several engines in turn:
// TensorFlow keeps threads and settings for a whole process. Answers each line `steps N` and `forward N` by one line of JSON.
import { createInterface } from 'node:readline';
import { selectEngine } from '@earlyexit/backend';
import type { SampleSource } from '@earlyexit/branch-head';
import { constantSchedule, sgd, train } from '@earlyexit/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { buildNetwork } from './work/build-network';
import type { TrainingBenchSettings } from './work/training-bench-settings';

// What the peer does: stochastic gradient descent with these, whatever the network.
const LEARNING_RATE = 0.1;
const MOMENTUM = 0.9;
const WEIGHT_DECAY = 1e-4;
// Of a call of `train`, which starts its workers anew.
const WARM_UP_STEPS = 2;

const settings = JSON.parse(process.argv[2]!) as TrainingBenchSettings;
const { engine, threads, workers, batch, stock } = settings;
await selectEngine(engine, { threads, trainingKernels: !stock });
const network = await buildNetwork({ name: settings.model, exits: settings.exits, seed: 0 });
const { model } = network;
const [height, width, channels] = model.inputs[0]!.shape.slice(1) as [number, number, number];
const early = network.metadata.exits.length - 1;
const lossWeights = [...Array.from({ length: early }, () => 0.3 / early), early === 0 ? 1 : 0.7];
const classes = network.metadata.classes.length;
const noise = Float32Array.from(
  await tf.randomNormal([batch * height * width * channels], 0, 1, 'float32', 1).data(),
);

const source = (steps: number): SampleSource => ({
  size: steps * batch,
  labels: Int32Array.from({ length: steps * batch }, (_, row) => row % classes),
  imageShape: [height, width, channels],
  load: () => Promise.resolve(noise),
});

/** Our own trainer's steps, as `train` runs them. */
async function ownSteps(count: number): Promise<number[]> {
  const milliseconds: number[] = [];
  await train({
    model: network,
    train: source(count + WARM_UP_STEPS),
    epochs: 1,
    batchSize: batch,
    optimizer: sgd({ momentum: MOMENTUM, weightDecay: WEIGHT_DECAY }),
    schedule: constantSchedule(LEARNING_RATE),
    lossWeights,
    workers: { count: workers },
    onEvent: (event) => {
      if (event.type === 'progress') milliseconds.push(event.latest.seconds * 1000);
    },
  });
  return milliseconds.slice(WARM_UP_STEPS);
}

const images = tf.tensor4d(noise, [batch, height, width, channels]);
const labels = tf.oneHot(
  tf.tensor1d(
    Int32Array.from({ length: batch }, (_, row) => row % classes),
    'int32',
  ),
  classes,
);
const optimizer = tf.train.momentum(LEARNING_RATE, MOMENTUM);

/** The same step with what TensorFlow.js itself brings; it has no weight decay, which costs next to nothing. */
function stockStep(): void {
  const loss = optimizer.minimize(() => {
    const outputs = [model.apply(images, { training: true })].flat() as tf.Tensor[];
    return tf.addN(
      outputs.map((logits, exit) =>
        tf.mul<tf.Scalar>(tf.losses.softmaxCrossEntropy(labels, logits), lossWeights[exit]!),
      ),
    );
  }, true);
  loss?.dataSync();
  loss?.dispose();
}

function forward(): void {
  tf.tidy(() => {
    const outputs = [model.apply(images, { training: false })].flat() as tf.Tensor[];
    for (const output of outputs) output.dataSync();
  });
}

function timed(work: () => void, count: number): number[] {
  return Array.from({ length: count }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
}

const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
const steps = (count: number): Promise<number[]> =>
  stock ? Promise.resolve(timed(stockStep, count)) : ownSteps(count);

await steps(3);
timed(forward, 2);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, count] = line.split(' ');
  say({ milliseconds: kind === 'steps' ? await steps(Number(count)) : timed(forward, Number(count)) });
}
