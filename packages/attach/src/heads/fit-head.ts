import { randomStream, shuffledRows, type WorkOptions } from '@earlyexit/core';
import { softmax } from '@earlyexit/exit-criteria';
import { dense, type HeadShape, type HeadWeights } from './head-weights';

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
  /** Passes over the samples; 40 unless given. */
  readonly epochs?: number;
  readonly onEpoch?: (epoch: number, epochs: number) => void;
}

const BATCH = 64;
const LEARNING_RATE = 3e-3;
const DECAY = 1e-4;
const EPOCHS = 40;
const [BETA_1, BETA_2, TINY] = [0.9, 0.999, 1e-8];

/**
 * Fits a head by distillation (Hinton et al., 2015): cross-entropy to the network's probabilities, Adam with a cosine
 * schedule and decoupled decay. The features are scaled to mean 0 and deviation 1 first; that is folded into the weights
 * that come back.
 */
export async function fitHead(
  { samples, features, targets }: HeadSamples,
  shape: HeadShape,
  { seed, epochs = EPOCHS, signal, onEpoch }: FitOptions,
): Promise<HeadWeights> {
  const { inputs, hidden, classes } = shape;
  const random = randomStream(seed);
  const scaled = scale(features, samples, inputs);
  const layers = [
    ...(hidden > 0 ? [layer(inputs, hidden, random)] : []),
    layer(hidden > 0 ? hidden : inputs, classes, random),
  ];
  const steps = epochs * Math.ceil(samples / BATCH);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffledRows(samples, random);
    for (let from = 0; from < samples; from += BATCH) {
      const rows = order.subarray(from, from + BATCH);
      const rate = (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * step++) / steps));
      descend(
        layers,
        pick(scaled.values, rows, inputs),
        pick(targets, rows, classes),
        rows.length,
        rate,
        step,
      );
    }
    onEpoch?.(epoch + 1, epochs);
    // The event loop goes on between: an interruption is heard.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  return unscale(shape, layers, scaled);
}

interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly moments: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
}

function layer(rows: number, columns: number, random: () => number): Layer {
  const width = Math.sqrt(6 / (rows + columns));
  return {
    weights: Float32Array.from({ length: rows * columns }, () => width * (2 * random() - 1)),
    bias: new Float32Array(columns),
    rows,
    columns,
    moments: [
      new Float32Array(rows * columns),
      new Float32Array(rows * columns),
      new Float32Array(columns),
      new Float32Array(columns),
    ],
  };
}

function descend(
  layers: readonly Layer[],
  input: Float32Array,
  targets: Float32Array,
  count: number,
  rate: number,
  step: number,
): void {
  const last = layers.at(-1)!;
  const first = layers.length > 1 ? layers[0]! : null;
  const middle = first === null ? input : dense(input, count, first).map((value) => Math.max(0, value));
  const logits = dense(middle, count, last);
  const error = Float32Array.from(softmax(logits, last.columns));
  error.forEach((value, i) => (error[i] = (value - targets[i]!) / count));
  const back = first === null ? null : backward(error, count, last, middle);
  update(last, middle, error, count, rate, step);
  if (first !== null) update(first, input, back!, count, rate, step);
}

/** The error behind a layer, where its ReLU let something through. */
function backward(
  error: Float32Array,
  count: number,
  { weights, rows, columns }: Layer,
  values: Float32Array,
): Float32Array {
  const back = new Float32Array(count * rows);
  for (let sample = 0; sample < count; sample++) {
    for (let row = 0; row < rows; row++) {
      if (values[sample * rows + row] === 0) continue;
      let sum = 0;
      for (let column = 0; column < columns; column++) {
        sum += error[sample * columns + column]! * weights[row * columns + column]!;
      }
      back[sample * rows + row] = sum;
    }
  }
  return back;
}

function update(
  { weights, bias, rows, columns, moments }: Layer,
  input: Float32Array,
  error: Float32Array,
  count: number,
  rate: number,
  step: number,
): void {
  const gradient = new Float32Array(rows * columns);
  const biasGradient = new Float32Array(columns);
  for (let sample = 0; sample < count; sample++) {
    for (let row = 0; row < rows; row++) {
      const value = input[sample * rows + row]!;
      if (value === 0) continue;
      const start = row * columns;
      for (let column = 0; column < columns; column++) {
        gradient[start + column] = gradient[start + column]! + value * error[sample * columns + column]!;
      }
    }
    for (let column = 0; column < columns; column++) {
      biasGradient[column] = biasGradient[column]! + error[sample * columns + column]!;
    }
  }
  adam(weights, gradient, [moments[0], moments[1]], rate, step, DECAY);
  adam(bias, biasGradient, [moments[2], moments[3]], rate, step, 0);
}

function adam(
  values: Float32Array,
  gradient: Float32Array,
  [mean, square]: readonly [Float32Array, Float32Array],
  rate: number,
  step: number,
  decay: number,
): void {
  const [bias1, bias2] = [1 - BETA_1 ** step, 1 - BETA_2 ** step];
  for (let i = 0; i < values.length; i++) {
    const slope = gradient[i]!;
    mean[i] = BETA_1 * mean[i]! + (1 - BETA_1) * slope;
    square[i] = BETA_2 * square[i]! + (1 - BETA_2) * slope * slope;
    const move = mean[i]! / bias1 / (Math.sqrt(square[i]! / bias2) + TINY);
    values[i] = values[i]! * (1 - rate * decay) - rate * move;
  }
}

interface Scaled {
  readonly values: Float32Array;
  readonly means: Float32Array;
  readonly deviations: Float32Array;
}

function scale(features: Float32Array, samples: number, inputs: number): Scaled {
  const [means, deviations] = [new Float32Array(inputs), new Float32Array(inputs)];
  for (let input = 0; input < inputs; input++) {
    let [sum, squares] = [0, 0];
    for (let sample = 0; sample < samples; sample++) sum += features[sample * inputs + input]!;
    const mean = sum / samples;
    for (let sample = 0; sample < samples; sample++)
      squares += (features[sample * inputs + input]! - mean) ** 2;
    means[input] = mean;
    // A feature that never changes says nothing.
    deviations[input] = Math.sqrt(squares / samples) || 1;
  }
  return {
    values: features.map((value, i) => (value - means[i % inputs]!) / deviations[i % inputs]!),
    means,
    deviations,
  };
}

/** The scaling folded into the first layer. */
function unscale(shape: HeadShape, layers: readonly Layer[], { means, deviations }: Scaled): HeadWeights {
  const { weights, bias, rows, columns } = layers[0]!;
  const folded = weights.map((value, i) => value / deviations[Math.floor(i / columns)]!);
  const shift = bias.map((value, column) => {
    let sum = value;
    for (let row = 0; row < rows; row++) sum -= means[row]! * folded[row * columns + column]!;
    return sum;
  });
  const none = new Float32Array();
  if (layers.length === 1) return { ...shape, first: none, firstBias: none, last: folded, lastBias: shift };
  const last = layers[1]!;
  return { ...shape, first: folded, firstBias: shift, last: last.weights, lastBias: last.bias };
}

function pick(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return picked;
}
