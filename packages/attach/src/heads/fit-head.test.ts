import { randomStream } from '@earlyexit/core';
import { argmaxRows } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { fitHead } from './fit-head';
import { applyHead } from './head-weights';

const [SAMPLES, INPUTS, CLASSES] = [600, 6, 3];
const random = randomStream(5);
const features = Float32Array.from({ length: SAMPLES * INPUTS }, () => 40 + 10 * random());

/** Probabilities of a teacher, and the share of its answers that a head of so many neurons learns. */
async function learnt(
  scoreOf: (row: Float32Array, label: number) => number,
  hidden: number,
): Promise<number> {
  const targets = new Float32Array(SAMPLES * CLASSES);
  const labels = new Int32Array(SAMPLES);
  for (let row = 0; row < SAMPLES; row++) {
    const own = features.subarray(row * INPUTS, (row + 1) * INPUTS);
    const scores = Array.from({ length: CLASSES }, (_, label) => scoreOf(own, label));
    labels[row] = scores.indexOf(Math.max(...scores));
    targets[row * CLASSES + labels[row]!] = 1;
  }
  const shape = { inputs: INPUTS, hidden, classes: CLASSES };
  const head = await fitHead({ samples: SAMPLES, features, targets }, shape, { seed: 1, epochs: 250 });
  const answers = argmaxRows(applyHead(head, features), CLASSES);
  return answers.filter((answer, row) => answer === labels[row]).length / SAMPLES;
}

describe('fitHead', () => {
  it('learns what a linear teacher says', async () => {
    expect(await learnt((row, label) => row[label]!, 0)).toBeGreaterThan(0.93);
  });

  it('learns what only a hidden layer can', async () => {
    const apart = (row: Float32Array, label: number): number =>
      label === 0 ? 5 : Math.abs(row[label]! - 45) + 2.5;
    expect(await learnt(apart, 0)).toBeLessThan(0.75);
    expect(await learnt(apart, 32)).toBeGreaterThan(0.85);
  });

  it('gives the same head for the same seed', async () => {
    const targets = new Float32Array(SAMPLES * CLASSES).fill(1 / CLASSES);
    const shape = { inputs: INPUTS, hidden: 4, classes: CLASSES };
    const fit = () => fitHead({ samples: SAMPLES, features, targets }, shape, { seed: 3, epochs: 2 });
    expect(await fit()).toEqual(await fit());
  });
});
