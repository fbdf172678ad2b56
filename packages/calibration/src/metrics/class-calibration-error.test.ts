import { expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { adaptiveCalibrationError, classCalibrationError } from './class-calibration-error';
import { expectedCalibrationError } from './reliability';

it('looks at every class', () => {
  // Two samples: class probabilities 0.6, 0.3, 0.1 and labels 0 and 1.
  const logits = Float64Array.of(0.6, 0.3, 0.1, 0.6, 0.3, 0.1).map(Math.log);
  const error = classCalibrationError(logits, Int32Array.of(0, 1), 3);
  // |0.6 − 0.5|, |0.3 − 0.5|, |0.1 − 0|.
  expect(error).toBeCloseTo((0.1 + 0.2 + 0.1) / 3, 12);
});

it('is smaller once a network is no longer too sure of itself', () => {
  const { exits, labels } = syntheticLogits({ samples: 2000, exits: 1, classes: 4, scale: 3 });
  const measure = (temperature: number): number =>
    classCalibrationError(exits[0]!, labels, 4, { temperature });
  expect(measure(3)).toBeLessThan(measure(1));
});

it('counts bins of equal size', () => {
  const confidences = Float64Array.of(0.9, 0.91, 0.99, 0.98);
  const correct = Uint8Array.of(0, 1, 1, 1);
  // The lower half: |1.81 − 1|; the upper: |1.97 − 2|. One bin: |3.78 − 3|.
  expect(adaptiveCalibrationError({ confidences, correct }, 2)).toBeCloseTo((0.81 + 0.03) / 4, 12);
  expect(adaptiveCalibrationError({ confidences, correct }, 1)).toBeCloseTo(0.78 / 4, 12);
  const one = expectedCalibrationError(Float64Array.of(0, 0), Int32Array.of(0), 2, { bins: 1 });
  expect(one).toBeCloseTo(0.5, 12);
});
