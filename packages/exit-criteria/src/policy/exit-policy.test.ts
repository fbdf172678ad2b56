import { expect, it } from 'vitest';
import { type ExitPolicy, validatePolicy } from './exit-policy';

const check = (patch: Partial<ExitPolicy>, earlyExits = 2): (() => void) => {
  return () => {
    validatePolicy({ criterion: 'entropy', thresholds: [0.5, 'never'], ...patch }, earlyExits);
  };
};

it('accepts what fits', () => {
  expect(check({})).not.toThrow();
  expect(check({ thresholds: ['always', -3], temperatures: [1, 2, 0.5] })).not.toThrow();
  expect(check({ thresholds: [] }, 0)).not.toThrow();
});

it('names the rule and what came', () => {
  expect(check({ thresholds: [0.1] })).toThrow('this network has 2 early exits. Received: 1 (0.1)');
  expect(check({ thresholds: [0.1, 0.2] }, 1)).toThrow(
    'this network has 1 early exit. Received: 2 (0.1, 0.2)',
  );
  expect(check({ thresholds: [0.1, NaN] })).toThrow(
    'thresholds[1]: a threshold is a finite number, never or always',
  );
  expect(check({ thresholds: [Infinity, 0] })).toThrow('Received: Infinity');
  expect(check({ temperatures: [1, 1] })).toThrow('so 3 here. Received: 2');
  expect(check({ temperatures: [1, 0, 1] })).toThrow(
    'temperatures[1]: a temperature is a positive finite number',
  );
  expect(check({ criterion: 'entropie' })).toThrow('Perhaps entropy was meant');
});
