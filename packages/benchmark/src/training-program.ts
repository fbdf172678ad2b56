// Trains one network on noise in a process of its own, so that `benchmarkTraining` can time several engines in turn:
// TensorFlow keeps threads and settings for a whole process.
import { selectEngine } from '@earlyexit/backend';
import type { SampleSource } from '@earlyexit/branch-head';
import { answerQuestions } from '@earlyexit/core/node';
import { createModel } from '@earlyexit/model-zoo';
import { constantSchedule, sgd, train } from '@earlyexit/trainer';
import { tf } from './tf';
import type { TrainingProgramSettings, TrainingQuestion } from './training/time-training';

// What the peer does: stochastic gradient descent with these, whatever the network.
const LEARNING_RATE = 0.1;
const MOMENTUM = 0.9;
const WEIGHT_DECAY = 1e-4;
// Of a call of `train`, which starts its workers anew.
const WARM_UP_STEPS = 2;

await answerQuestions<TrainingQuestion>(async () => {
  const settings = JSON.parse(process.argv[2]!) as TrainingProgramSettings;
  const { engine, threads, workers, batch, stock } = settings;
  await selectEngine(engine, { threads, trainingKernels: !stock });
  const network = createModel(settings.model, { exits: settings.exits, seed: 0 });
  const { model } = network;
  const imageShape = model.inputs[0]!.shape.slice(1) as [number, number, number];
  const [height, width, channels] = imageShape;
  const early = network.metadata.exits.length - 1;
  const lossWeights = [...Array.from({ length: early }, () => 0.3 / early), early === 0 ? 1 : 0.7];
  const classes = network.metadata.classes.length;
  const noise = Float32Array.from(
    await tf.randomNormal([batch * height * width * channels], 0, 1, 'float32', 1).data(),
  );
  const labelsOf = (samples: number): Int32Array =>
    Int32Array.from({ length: samples }, (_, row) => row % classes);
  const images = tf.tensor4d(noise, [batch, height, width, channels]);
  const labels = tf.oneHot(tf.tensor1d(labelsOf(batch), 'int32'), classes);
  const optimizer = tf.train.momentum(LEARNING_RATE, MOMENTUM);

  /** Our own trainer's steps, as `train` runs them. */
  const ownSteps = async (count: number): Promise<number[]> => {
    const milliseconds: number[] = [];
    const size = (count + WARM_UP_STEPS) * batch;
    const samples: SampleSource = {
      size,
      labels: labelsOf(size),
      imageShape,
      load: () => Promise.resolve(noise),
    };
    await train({
      model: network,
      train: samples,
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
  };

  /** The same step with what TensorFlow.js itself brings; it has no weight decay, which costs next to nothing. */
  const stockStep = (): void => {
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
  };

  const forward = (): void => {
    tf.tidy(() => {
      const outputs = [model.apply(images, { training: false })].flat() as tf.Tensor[];
      for (const output of outputs) output.dataSync();
    });
  };

  const timed = (work: () => void, count: number): number[] =>
    Array.from({ length: count }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    });
  const answer = async ({ time, count }: TrainingQuestion): Promise<{ milliseconds: number[] }> => {
    if (time === 'forward') return { milliseconds: timed(forward, count) };
    return { milliseconds: stock ? timed(stockStep, count) : await ownSteps(count) };
  };
  await answer({ time: 'steps', count: 3 });
  await answer({ time: 'forward', count: 2 });
  return { ready: { ready: true }, answer };
});
