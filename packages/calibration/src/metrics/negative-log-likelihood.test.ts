import { expect, it } from 'vitest';
import { fitTemperature } from '../temperature/fit-temperature';
import { negativeLogLikelihood } from './negative-log-likelihood';
import { syntheticLogits } from '../test-data';

it('is ln 2 where two classes are equally likely, and follows the temperature', () => {
  expect(negativeLogLikelihood(Float32Array.of(3, 3), Int32Array.of(1), 2)).toBeCloseTo(Math.LN2, 12);
  // p = 1 / (1 + e^(-4/2)).
  const logits = Float32Array.of(4, 0);
  expect(negativeLogLikelihood(logits, Int32Array.of(0), 2, { temperature: 2 })).toBeCloseTo(
    Math.log1p(Math.exp(-2)),
    12,
  );
});

it('is what a temperature is fitted by', () => {
  const { exits, labels, classes } = syntheticLogits({ samples: 300, exits: 1, scale: 2 });
  const { temperature, nllBefore, nllAfter } = fitTemperature(exits[0]!, labels, classes);
  expect(negativeLogLikelihood(exits[0]!, labels, classes)).toBeCloseTo(nllBefore, 10);
  expect(negativeLogLikelihood(exits[0]!, labels, classes, { temperature })).toBeCloseTo(nllAfter, 10);
});

it('refuses rows that do not fit', () => {
  expect(() => negativeLogLikelihood(new Float32Array(3), Int32Array.of(0), 2)).toThrow('one row of logits');
  expect(() => negativeLogLikelihood(new Float32Array(0), new Int32Array(0), 2)).toThrow('at least one');
});
