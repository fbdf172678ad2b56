import { simulate } from '@earlyexit/exit-criteria';
import { seededDraws } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { fixedShareThresholds } from './fixed-share-thresholds';

it.each(['entropy', 'max-probability'])(
  'lets the share that is asked for leave, of those that reach an exit: %s',
  (criterion) => {
    const { next } = seededDraws(1);
    const draw = (): Float32Array => Float32Array.from({ length: 300 }, () => 4 * next());
    const cached = { exits: [draw(), draw(), draw()], samples: 100, classes: 3, labels: null };
    const thresholds = fixedShareThresholds(cached, { criterion, shares: [0.6, 0.5] });
    const { exitIndex } = simulate(cached, { criterion, thresholds });
    expect([0, 1, 2].map((exit) => exitIndex.filter((each) => each === exit).length)).toEqual([60, 20, 20]);
    expect(fixedShareThresholds(cached, { criterion, shares: [0, 1] })).toEqual(['never', 'always']);
    expect(() => fixedShareThresholds(cached, { criterion, shares: [0.5] })).toThrow('so 2 here');
  },
);
