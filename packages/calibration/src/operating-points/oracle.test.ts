import { summarizeExits } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { eachExitAlone, oracle } from './oracle';
import { searchThresholds } from '../search/search-thresholds';
import { syntheticLogits } from '../test-data';

// Right at exit 0; at the final exit only; never; at both.
const cached = {
  exits: [Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1), Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1)],
  samples: 4,
  classes: 2,
  labels: Int32Array.of(0, 1, 0, 1),
};

it('leaves at the cheapest exit that is right, and at the first if none is', () => {
  expect(oracle(cached, { exitMacs: [10, 50] })).toEqual({
    top1: 0.75,
    averageMacs: (10 + 50 + 10 + 10) / 4,
  });
});

it.each(['max-probability', 'ensemble', 'patience'] as const)(
  'is beaten by no thresholds of %s',
  (criterion) => {
    const synthetic = syntheticLogits({ samples: 400, exits: 4 });
    const exitMacs = [10, 30, 40, 80];
    const temperatures = [0.5, 1, 2, 1];
    const closer = oracle(synthetic, { exitMacs }, { criteria: [criterion], temperatures });
    const widest = oracle(synthetic, { exitMacs }, { temperatures });
    const { frontier } = searchThresholds(synthetic, {
      criterion,
      temperatures,
      costs: { exitMacs, staticMacs: 70 },
      aim: { maxAccuracyDrop: 0 },
    });
    for (const best of [closer, widest]) {
      for (const { accuracy, averageMacs } of frontier) {
        expect(accuracy).toBeLessThanOrEqual(best.top1);
        if (accuracy === best.top1) expect(averageMacs).toBeGreaterThanOrEqual(best.averageMacs);
      }
    }
    expect(closer.top1).toBeLessThanOrEqual(widest.top1);
  },
);

it('knows that an ensemble can be right where no exit alone is', () => {
  const exits = [
    [2, 1.9, 0],
    [0, 1.9, 2],
    [3, 0, 0],
  ].map((row) => Float32Array.from(row));
  const shared = { exits, samples: 1, classes: 3, labels: Int32Array.of(1) };
  const { top1 } = summarizeExits(shared, { criterion: 'ensemble', thresholds: ['never', 'always'] });
  expect(top1).toBe(1);
  expect(oracle(shared, { exitMacs: [1, 2, 3] })).toEqual({ top1: 1, averageMacs: 2 });
  expect(oracle(shared, { exitMacs: [1, 2, 3] }, { criteria: ['margin'] }).top1).toBe(0);
});

it('knows each exit alone as the summary does', () => {
  const summary = summarizeExits(cached, { criterion: 'entropy', thresholds: ['never'] });
  expect(eachExitAlone(cached, { exitMacs: [10, 50] })).toEqual([
    { top1: summary.exits[0]!.top1All, averageMacs: 10 },
    { top1: summary.static.top1, averageMacs: 50 },
  ]);
});

it('refuses what does not fit', () => {
  expect(() => oracle({ ...cached, labels: null }, { exitMacs: [1, 2] })).toThrow('labels: null');
  expect(() => oracle(cached, { exitMacs: [1] })).toThrow('so 2 here');
  expect(() => eachExitAlone(cached, { exitMacs: [NaN, 1] })).toThrow('costs are cumulative');
});
