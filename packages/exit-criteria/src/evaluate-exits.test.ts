import { expect, it } from 'vitest';
import { evaluateExits } from './evaluate-exits';

const exits = [Float32Array.of(2, 0), Float32Array.of(2, 0)];

it('gives every exit its own temperature', () => {
  const cached = { exits, samples: 1, classes: 2, labels: null };
  const [first, final] = evaluateExits(cached, 'max-probability', [1, 2]);
  expect(first!.scores[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 14);
  expect(final!.scores[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 14);
});

it('refuses logits that do not fit, and an oracle without labels', () => {
  const cached = { exits, samples: 1, classes: 2, labels: null };
  expect(() => evaluateExits({ ...cached, samples: 2 }, 'entropy')).toThrow('2 x 2 logits');
  expect(() => evaluateExits(cached, 'cross-entropy-oracle')).toThrow('Received: no labels');
});
