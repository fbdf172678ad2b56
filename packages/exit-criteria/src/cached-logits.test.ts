import { expect, it } from 'vitest';
import { validateCachedLogits } from './cached-logits';

const good = {
  exits: [new Float32Array(6), new Float32Array(6)],
  samples: 2,
  classes: 3,
  labels: Int32Array.of(0, 2),
};

it('accepts parts that fit, labelled or not', () => {
  expect(() => {
    validateCachedLogits(good);
    validateCachedLogits({ ...good, labels: null });
  }).not.toThrow();
});

it.each([
  [{ exits: [] }, 'no exits'],
  [{ exits: [new Float32Array(6), new Float32Array(5)] }, 'Received: 5 at exit 1'],
  [{ labels: Int32Array.of(0) }, 'Received: 1 labels for 2 samples'],
  [{ labels: Int32Array.of(0, 3) }, 'labels are classes from 0 to 2. Received: 3'],
  [{ labels: Int32Array.of(-1, 0) }, 'Received: -1'],
])('refuses %j', (patch, message) => {
  expect(() => {
    validateCachedLogits({ ...good, ...patch });
  }).toThrow(message);
});
