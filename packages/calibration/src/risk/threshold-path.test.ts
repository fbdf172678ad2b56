import { listCriteria, simulate } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { sharedThresholdPath } from './threshold-path';

const criterionNames = listCriteria().map(({ name }) => name);

const scaleless = new Set(['energy', 'unique-above', 'cross-entropy-oracle']);

it.each(criterionNames.filter((name) => !scaleless.has(name)))(
  'lets ever more samples leave with %s',
  (criterion) => {
    const cached = syntheticLogits({ samples: 300, exits: 4, classes: 5 });
    const path = sharedThresholdPath(criterion, { classes: 5, earlyExits: 3, steps: 50 });
    const macs = path.map((thresholds) => {
      expect(thresholds).toHaveLength(3);
      return simulate(cached, { criterion, thresholds }).exitIndex.reduce((sum, exit) => sum + exit, 0);
    });
    macs.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(macs[i]!));
    expect(macs[0]).toBeGreaterThan(macs.at(-1)!);
    expect(macs.at(-1)).toBe(0);
  },
);

it.each([...scaleless])('has no path for %s', (criterion) => {
  const name = criterion as 'energy';
  expect(() => sharedThresholdPath(name, { classes: 5, earlyExits: 1 })).toThrow(`Received: ${criterion}`);
});
