import { randomStream } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { chooseThresholds, type JudgedLogits } from './choose-thresholds';

const CLASSES = 3;
const costs = { exitMacs: [10, 100], staticMacs: 100 };
const aim = { risk: 0.05, delta: 0.1, loss: 'consistency' } as const;

/** Logits that name these classes, the surer the more. */
function naming(answers: readonly number[], sure = 5): Float32Array {
  return Float32Array.from({ length: answers.length * CLASSES }, (_, i) =>
    i % CLASSES === answers[Math.floor(i / CLASSES)] ? sure : 0,
  );
}

/** What a network says of some samples, and what its copy in int8 says, which answers so many of them otherwise. */
function copied(samples: number, otherwise: number, seed: number): JudgedLogits {
  const random = randomStream(seed);
  const own = Array.from({ length: samples }, () => Math.floor(CLASSES * random()));
  const int8 = own.map((answer) => (random() < otherwise ? (answer + 1) % CLASSES : answer));
  return {
    exits: [naming(int8), naming(int8)],
    samples,
    classes: CLASSES,
    labels: null,
    original: naming(own),
  };
}

it('holds the answers in int8 against those of the network as it was', () => {
  const choose = (otherwise: number) =>
    chooseThresholds(copied(200, otherwise, 1), copied(1000, otherwise, 2), costs, aim);
  const { thresholds, promise } = choose(0.02);
  expect(thresholds).toHaveLength(1);
  expect(thresholds[0]).not.toBe('never');
  expect(promise).toMatchObject({ risk: 0.05, samples: 1000 });
  expect(promise!.empiricalRisk).toBeGreaterThan(0.005);
  // Nobody leaving early would keep no promise either.
  expect(() => choose(0.1)).toThrow(/int8: the file loses no more than it may.*Allow more/);
});

it('takes what int8 loses off the accuracy that may be lost', () => {
  const labelled = (otherwise: number, seed: number): JudgedLogits => {
    const judged = copied(400, otherwise, seed);
    const labels = Int32Array.from({ length: 400 }, (_, row) =>
      judged.original!.subarray(row * CLASSES, (row + 1) * CLASSES).indexOf(5),
    );
    return { ...judged, labels };
  };
  const choose = (drop: number) =>
    chooseThresholds(labelled(0.05, 1), labelled(0.05, 2), costs, { maxAccuracyDrop: drop });
  expect(choose(0.1).thresholds).toHaveLength(1);
  expect(() => choose(0.01)).toThrow(/int8: .* of accuracy lost/);
});
