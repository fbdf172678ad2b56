import { simulate } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { relaxPolicy } from './relax-policy';

const kept = inventLogits({ samples: 3000, seed: 11 });
const metadata = inventMetadata(['exit0', 'exit1', 'final'], ['a', 'b', 'c', 'd', 'e', 'f']);
const options = {
  ...{ criterion: 'max-probability', thresholds: [0.99, 0.99], temperatures: [2, 2, 2], promise: null },
} as const;

it('finds thresholds that cost less, and keep what they promise on other images', () => {
  const relaxed = relaxPolicy({ metadata }, kept, { risk: 0.1, options });
  expect(relaxed.relaxedMacs).toBeLessThan(relaxed.macs);
  expect(relaxed.promise).toContain('10 %');
  const others = inventLogits({ samples: 3000, seed: 12 });
  const whole = simulate(others, { ...options, thresholds: ['never', 'never'] }).classes;
  const { classes } = simulate(others, relaxed.policy);
  const different = classes.filter((each, sample) => each !== whole[sample]).length;
  expect(different / others.samples).toBeLessThan(0.1);
});

it('refuses a risk that saves nothing', () => {
  const eager = { ...options, thresholds: ['always', 'always'] } as const;
  expect(() => relaxPolicy({ metadata }, kept, { risk: 0.1, options: eager })).toThrow(
    /relaxPolicy\({ risk }\): .*costs less/,
  );
  expect(() => relaxPolicy({ metadata }, kept, { risk: 1e-6, options })).toThrow(/needs at least/);
});
