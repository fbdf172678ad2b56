import { randomStream, shuffledRows, type WorkOptions } from '@earlyexit/core';
import { importRuntime } from '../import-runtime';
import { firstValues } from './first-weights';
import type { HeadShape, HeadWeights } from './head-weights';
import { scaleFeatures, unscaled } from './scale-features';
import { biasCorrections, LONGEST_RUN, STEP_NUMBERS, trainedTensors, trainingGraph } from './training-graph';

/** What a head is fitted to. */
export interface HeadSamples {
  readonly samples: number;
  /** `[samples, inputs]` */
  readonly features: Float32Array;
  /** `[samples, classes]`, the network's own probabilities: what the head is to say too. */
  readonly targets: Float32Array;
}

/** How a head is fitted. */
export interface FitOptions extends Pick<WorkOptions, 'signal'> {
  readonly seed: number;
  /** Passes over the samples; by their number unless given. */
  readonly epochs?: number;
  readonly onEpoch?: (epoch: number, epochs: number) => void;
}

const BATCH = 128;
const LEARNING_RATE = 3e-3;
/** Steps of Adam that a head takes, whatever the number of samples, as far as these bounds allow. */
const [WANTED_STEPS, FEWEST_EPOCHS, MOST_EPOCHS] = [2500, 12, 40];
/** Of many numbers that go in, the share that is left out of each step: what is learnt does not hang on few of them. */
const DROPPED = 0.2;
const MANY = 64;

/**
 * Fits a head by distillation (Hinton et al., 2015): cross-entropy to the network's probabilities, Adam with a cosine
 * schedule and decoupled decay. The features are scaled to mean 0 and deviation 1 first; that is folded into the weights
 * that come back.
 *
 * @throws EnvironmentError if onnxruntime-node is not installed; the signal's reason if aborted
 */
export async function fitHead(
  { samples, features, targets }: HeadSamples,
  shape: HeadShape,
  { seed, epochs = epochsFor(samples), signal, onEpoch }: FitOptions,
): Promise<HeadWeights> {
  const { inputs, classes } = shape;
  const random = randomStream(seed);
  const scaled = scaleFeatures(features, samples);
  const { InferenceSession, Tensor } = await importRuntime();
  const session = await InferenceSession.create(trainingGraph(shape), { logSeverityLevel: 3 });
  const tensors = trainedTensors(shape);
  let values: ReadonlyMap<string, Float32Array> = new Map(
    tensors.map(({ name, shape: dims }) => [name, firstValues(name, dims, random)]),
  );
  const perEpoch = Math.ceil(samples / BATCH);
  const steps = epochs * perEpoch;
  const pattern = dropPattern(random);
  let step = 0;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = shuffledRows(samples, random);
      for (let from = 0; from < perEpoch; from += LONGEST_RUN) {
        signal?.throwIfAborted();
        const count = Math.min(LONGEST_RUN, perEpoch - from);
        // The last batch is filled up from the front.
        const rows = Int32Array.from(
          { length: count * BATCH },
          (_, i) => order[(from * BATCH + i) % samples]!,
        );
        const numbers = new Float32Array(count * STEP_NUMBERS.length);
        for (let i = 0; i < count; i++) {
          const rate = (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * step++) / steps));
          numbers.set([rate, 1 / BATCH, ...biasCorrections(step)], i * STEP_NUMBERS.length);
        }
        const fed = pick(scaled.values, rows, inputs);
        if (inputs >= MANY) dropSome(fed, pattern, random);
        const results = await session.run({
          ...Object.fromEntries(
            tensors.map(({ name, shape: dims }) => [name, new Tensor('float32', values.get(name)!, dims)]),
          ),
          features: new Tensor('float32', fed, [count, BATCH, inputs]),
          targets: new Tensor('float32', pick(targets, rows, classes), [count, BATCH, classes]),
          numbers: new Tensor('float32', numbers, [count, STEP_NUMBERS.length]),
        });
        values = new Map(tensors.map(({ name }) => [name, results[`${name}_out`]!.data as Float32Array]));
      }
      onEpoch?.(epoch + 1, epochs);
    }
  } finally {
    await session.release();
  }
  const none = new Float32Array();
  const [first = none, firstBias = none, last = none, lastBias = none] = [
    'first',
    'firstBias',
    'last',
    'lastBias',
  ].map((name) => values.get(name));
  return unscaled({ ...shape, first, firstBias, last, lastBias }, scaled);
}

function epochsFor(samples: number): number {
  const epochs = Math.round((WANTED_STEPS * BATCH) / samples);
  return Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, epochs));
}

/** A pattern of what is left out, long enough that nothing comes again where it was. */
function dropPattern(random: () => number): Float32Array {
  return Float32Array.from({ length: 65_521 }, () => (random() < DROPPED ? 0 : 1 / (1 - DROPPED)));
}

/** Sets some of the values to 0, in place, and makes the others larger for it. */
function dropSome(values: Float32Array, pattern: Float32Array, random: () => number): void {
  let place = Math.floor(random() * pattern.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = values[i]! * pattern[place]!;
    place = place + 1 === pattern.length ? 0 : place + 1;
  }
}

function pick(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return picked;
}
