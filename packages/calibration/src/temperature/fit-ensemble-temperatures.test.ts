import { evaluateExits } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { selectSamples } from '../samples/select-samples';
import { calibrationErrorOf, reliabilityBins } from '../metrics/reliability';
import { syntheticLogits } from '../test-data';
import { fitEnsembleTemperatures } from './fit-ensemble-temperatures';
import { fitTemperatures } from './fit-temperature';

const cached = syntheticLogits({ samples: 2000, exits: 4, classes: 4, scale: 3, seed: 6 });
const half = (from: number) =>
  selectSamples(
    cached,
    Int32Array.from({ length: 1000 }, (_, i) => from + i),
  );

it('makes the joint probability fit, where temperatures of single exits do not', () => {
  const fitted = half(0);
  const others = half(1000);
  const errorOf = (temperatures: readonly number[], exit: number): number => {
    const { scores, classes } = evaluateExits(others, 'ensemble', temperatures)[exit]!;
    const correct = Uint8Array.from(classes, (answer, row) => (answer === others.labels[row] ? 1 : 0));
    return calibrationErrorOf(reliabilityBins({ confidences: scores, correct }));
  };
  const joint = fitEnsembleTemperatures(fitted);
  const single = fitTemperatures(fitted);
  expect(joint[0]).toBe(single[0]);
  expect(joint.at(-1)).toBe(single.at(-1));
  for (const exit of [1, 2]) {
    expect(errorOf(joint, exit)).toBeLessThan(errorOf([1, 1, 1, 1], exit));
    expect(errorOf(joint, exit)).toBeLessThan(0.06);
  }
});

it('asks for labels', () => {
  expect(() => fitEnsembleTemperatures({ ...cached, labels: null })).toThrow('labels: null');
});
