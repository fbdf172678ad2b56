import { simulate, softmax } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { fitTemperature } from '../temperature/fit-temperature';
import {
  calibrationErrorOf,
  exitConfidences,
  expectedCalibrationError,
  policyConfidences,
  reliability,
  reliabilityBins,
} from './reliability';
import { syntheticLogits } from '../test-data';

const log = (p: number[]): Float64Array => Float64Array.from(p, Math.log);

describe('reliability', () => {
  // Confidences 0.6 (right), 0.7 (wrong), 0.9 (right), 0.95 (right).
  const logits = log([0.6, 0.4, 0.7, 0.3, 0.9, 0.1, 0.05, 0.95]);
  const labels = Int32Array.of(0, 1, 0, 1);

  it('sorts answers into bins, open below and closed above', () => {
    const bins = reliability(logits, labels, 2, { bins: 10 });
    expect(bins).toHaveLength(10);
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 1, 1]);
    expect(bins[5]).toMatchObject({ low: 0.5, high: 0.6, accuracy: 1 });
    expect(bins[5]!.confidence).toBeCloseTo(0.6, 12);
    expect(bins[6]!.accuracy).toBe(0);
    expect(bins[0]).toMatchObject({ confidence: null, accuracy: null });
  });

  it('adds up to the expected calibration error', () => {
    const error = expectedCalibrationError(logits, labels, 2, { bins: 10 });
    expect(error).toBeCloseTo((0.4 + 0.7 + 0.1 + 0.05) / 4, 12);
    // One bin only: |0.75 − mean confidence|.
    expect(expectedCalibrationError(logits, labels, 2, { bins: 1 })).toBeCloseTo(0.7875 - 0.75, 12);
  });

  it('puts certainty into the last bin and the temperature into effect', () => {
    const sure = Float32Array.of(1e4, 0);
    expect(reliability(sure, Int32Array.of(0), 2).at(-1)!.count).toBe(1);
    const [warm] = exitConfidences(log([0.8, 0.2]), Int32Array.of(0), 2, 1e9).confidences;
    expect(warm).toBeCloseTo(0.5, 6);
  });

  it('refuses bins that are none', () => {
    for (const bins of [0, -1, 1.5, NaN]) {
      expect(() => reliability(logits, labels, 2, { bins })).toThrow('a positive whole number');
    }
    expect(() => reliability(logits, Int32Array.of(0), 2)).toThrow('one row of logits per label');
    expect(calibrationErrorOf([])).toBeNaN();
  });
});

it('gets better with the fitted temperature when the network is too sure', () => {
  const { exits, labels } = syntheticLogits({ samples: 3000, exits: 1, scale: 4 });
  const { temperature } = fitTemperature(exits[0]!, labels, 10);
  const before = expectedCalibrationError(exits[0]!, labels, 10);
  const after = expectedCalibrationError(exits[0]!, labels, 10, { temperature });
  expect(after).toBeLessThan(before / 2);
});

it('takes each answer’s confidence from the exit that gave it', () => {
  const cached = {
    exits: [Float32Array.of(2, 0, 0, 0), Float32Array.of(0, 1, 0, 1)],
    samples: 2,
    classes: 2,
    labels: Int32Array.of(0, 0),
  };
  const policy = { criterion: 'max-probability', thresholds: [0.8], temperatures: [1, 0.5] } as const;
  const { confidences, correct } = policyConfidences(cached, policy);
  expect(confidences[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  expect(confidences[1]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  expect([...correct]).toEqual([1, 0]);
  expect(calibrationErrorOf(reliabilityBins({ confidences, correct }))).toBeGreaterThan(0);
  expect(() => policyConfidences({ ...cached, labels: null }, policy)).toThrow('labels: null');
});

it('measures an ensemble by the joint probability it decides by, and its final exit by its own', () => {
  const cached = syntheticLogits({ samples: 200, exits: 3, classes: 4 });
  const policy = { criterion: 'ensemble', thresholds: [0.9, 0.8], temperatures: [2, 1, 1.5] } as const;
  const { confidences } = policyConfidences(cached, policy);
  const { exitIndex, scores, classes } = simulate(cached, policy);
  expect(new Set(exitIndex)).toEqual(new Set([0, 1, 2]));
  const own = softmax(cached.exits[2]!, 4, 1.5);
  exitIndex.forEach((exit, row) => {
    const expected = exit < 2 ? scores[row]! : own[4 * row + classes[row]!]!;
    expect(confidences[row]).toBe(expected);
    if (exit < 2) expect(confidences[row]).toBeGreaterThanOrEqual(policy.thresholds[exit]!);
  });
});
