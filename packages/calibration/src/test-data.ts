import { softmax } from '@earlyexit/exit-criteria';
import type { LabelledLogits } from './checks';
import { randomStream } from '@earlyexit/core';

/** What a synthetic network is like. */
export interface SyntheticOptions {
  readonly samples: number;
  readonly classes?: number;
  /** All exits, the final one included. */
  readonly exits?: number;
  readonly seed?: number;
  /** Round the logits to multiples of this, so that scores tie. */
  readonly step?: number;
  /** Multiplies the logits: above 1 the network is overconfident. */
  readonly scale?: number;
  /** How easy the samples are on average; 2.5 unless given. */
  readonly ease?: number;
}

/**
 * Logits like a real network's: each sample has its own difficulty, later exits see more clearly, and the noise of one
 * exit carries over to the next.
 */
export function syntheticLogits(options: SyntheticOptions): LabelledLogits {
  const { samples, classes = 10, exits = 3, seed = 0, step = 0, scale = 1, ease: meanEase = 2.5 } = options;
  const random = randomStream(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const labels = new Int32Array(samples);
  const logits = Array.from({ length: exits }, () => new Float32Array(samples * classes));
  for (let row = 0; row < samples; row++) {
    const label = Math.floor(random() * classes);
    labels[row] = label;
    const ease = meanEase + 2 * normal();
    const noise = Float64Array.from({ length: classes }, normal);
    for (let exit = 0; exit < exits; exit++) {
      for (let c = 0; c < classes; c++) {
        noise[c] = 0.8 * noise[c]! + 0.6 * normal();
        const value = scale * (noise[c]! + (c === label ? ease + (3 * exit) / exits : 0));
        logits[exit]![row * classes + c] = step > 0 ? Math.round(value / step) * step : value;
      }
    }
  }
  return { exits: logits, samples, classes, labels };
}

/** `[samples]`, the largest probability of each row, the slow way. */
export function maxProbabilityOf(logits: Float32Array, classes: number): Float64Array {
  const p = softmax(logits, classes);
  return Float64Array.from({ length: p.length / classes }, (_, row) =>
    Math.max(...p.subarray(row * classes, (row + 1) * classes)),
  );
}
