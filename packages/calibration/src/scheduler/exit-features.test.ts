import { expect, it } from 'vitest';
import { exitFeatures } from './exit-features';

it('lists probabilities, the largest, the missing share of entropy and the earlier scores', () => {
  const logits = Float32Array.of(0, 0, 1e4, -1e4);
  const { features, width } = exitFeatures(logits, 2, [Float64Array.of(0.3, 0.9)]);
  expect(width).toBe(5);
  expect([...features]).toEqual([0.5, 0.5, 0.5, 0, 0.3, 1, 0, 1, 1, 0.9]);
});
