import { summarizeExits } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import type { LabelledLogits } from '../checks';
import { operatingPointOf } from '../operating-points/operating-point';
import { searchThresholds } from '../search/search-thresholds';
import { selectSamples } from '../samples/select-samples';
import { syntheticLogits } from '../test-data';
import { applyVectorScaling } from '../temperature/vector-scaling';
import {
  fitScheduler,
  type Scheduler,
  schedulerScores,
  searchSchedulerThresholds,
  simulateScheduler,
} from './scheduler';

/** A network whose early exits are far too sure of the first classes: there the largest probability misleads. */
function misleading(): LabelledLogits {
  const plain = syntheticLogits({ samples: 9000, exits: 3, classes: 6 });
  const offsets = Float64Array.of(3, 3, 0, 0, 0, 0);
  const scales = new Float64Array(6).fill(1);
  const exits = plain.exits.map((logits, exit) =>
    exit < 2 ? applyVectorScaling(logits, { scales, offsets }) : logits,
  );
  return { ...plain, exits };
}

const rows = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);

describe('a scheduler', () => {
  const cached = misleading();
  const [fitting, searching, test] = [0, 3000, 6000].map((from) =>
    selectSamples(cached, rows(from, from + 3000)),
  );
  const scheduler = fitScheduler(fitting!);
  const costs = { exitMacs: [20, 60, 110], staticMacs: 100 };
  const aim = { maxAccuracyDrop: 0.005 };

  it('costs less than the largest probability at the same accuracy, on samples that nobody has seen', () => {
    const learned = searchSchedulerThresholds(scheduler, searching!, { costs, aim });
    const plain = searchThresholds(searching!, { costs, aim });
    expect(learned.averageMacs).toBeLessThan(0.95 * plain.averageMacs);

    const played = simulateScheduler(scheduler, learned.thresholds, test!);
    const point = operatingPointOf(played, test!.labels, costs);
    const other = summarizeExits(
      test!,
      { criterion: 'max-probability', thresholds: plain.thresholds },
      costs,
    );
    expect(point.averageMacs).toBeLessThan(0.95 * other.averageMacs!);
    expect(point.top1).toBeGreaterThan(other.top1! - 0.01);
  });

  it('does on the samples searched on what the search says', () => {
    const found = searchSchedulerThresholds(scheduler, searching!, { costs, aim });
    const played = simulateScheduler(scheduler, found.thresholds, searching!);
    const point = operatingPointOf(played, searching!.labels, costs);
    expect(point.top1).toBeCloseTo(found.accuracy, 12);
    expect(point.averageMacs).toBeCloseTo(found.averageMacs, 9);
  });

  it('gives probabilities of being right that hold on other samples', () => {
    schedulerScores(scheduler, test!).forEach((scores, exit) => {
      const expected = scores.reduce((sum, score) => sum + score, 0) / test!.samples;
      const { exits } = summarizeExits(test!, { criterion: 'entropy', thresholds: ['never', 'never'] });
      // 3,000 samples settle an accuracy to about 0.009.
      expect(Math.abs(expected - exits[exit]!.top1All!)).toBeLessThan(0.03);
    });
  });

  it('goes through JSON unchanged', () => {
    const copy = JSON.parse(JSON.stringify(scheduler)) as Scheduler;
    expect(schedulerScores(copy, test!)).toEqual(schedulerScores(scheduler, test!));
  });

  it('obeys never and always', () => {
    expect(
      simulateScheduler(scheduler, ['never', 'never'], test!).exitIndex.every((exit) => exit === 2),
    ).toBe(true);
    expect(
      simulateScheduler(scheduler, ['never', 'always'], test!).exitIndex.every((exit) => exit === 1),
    ).toBe(true);
  });

  it('refuses another network, a wrong number of thresholds and missing labels', () => {
    const other = syntheticLogits({ samples: 20, exits: 2, classes: 6 });
    expect(() => schedulerScores(scheduler, other)).toThrow(
      'fitted to 3 exits and 6 classes. Received: 2 exits',
    );
    expect(() => simulateScheduler(scheduler, [0.5], test!)).toThrow('so 2 here. Received: 1');
    expect(() => fitScheduler({ ...other, labels: null })).toThrow('labels: null');
  });
});
