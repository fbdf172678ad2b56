import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CachedLogits } from '../cached-logits';
import { simulate } from '../simulate';
import { capThresholds } from './cap-thresholds';
import type { Threshold } from './threshold';

const exits = [{ macs: 100 }, { macs: 200 }, { macs: 350 }];

describe('capThresholds', () => {
  it('lets no sample cost more than the cap, and changes nothing below it', () => {
    const threshold = fc.oneof(
      fc.constantFrom<Threshold>('never', 'always'),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const logits = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(
        fc.tuple(logits, logits, logits),
        fc.tuple(threshold, threshold),
        fc.double({ min: 100, max: 500, noNaN: true }),
        (values, thresholds, maxMacs) => {
          const cached: CachedLogits = {
            exits: values.map((each) => Float32Array.from(each)),
            samples: 8,
            classes: 3,
            labels: null,
          };
          const policy = { criterion: 'max-probability', thresholds } as const;
          const free = simulate(cached, policy).exitIndex;
          const capped = capThresholds(thresholds, exits, maxMacs, 'test');
          const within = simulate(cached, { ...policy, thresholds: capped }).exitIndex;
          const last = exits.findLastIndex(({ macs }) => macs <= maxMacs);
          within.forEach((exit, sample) => {
            expect(exit).toBe(Math.min(free[sample]!, last));
          });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('refuses a cap that nothing is within', () => {
    expect(() => capThresholds([0.5, 0.5], exits, 99, 'session.run')).toThrow(/maxMacs.*takes 100.*99/);
    expect(() => capThresholds([0.5, 0.5], exits, NaN, 'session.run')).toThrow('NaN');
    expect(capThresholds([0.5, 0.5], exits, undefined, 'session.run')).toEqual([0.5, 0.5]);
  });
});
