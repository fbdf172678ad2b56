import { expect, it } from 'vitest';
import { exitsOf } from '../testing/exits';
import { regimeNames } from './create-regime';
import { optimizerNames } from './create-optimizer';
import { scheduleNames } from './create-schedule';
import { trainingRecipe } from './training-recipe';

const exits = exitsOf('exit0', 'exit1', 'final');

it('fills in what is left out', () => {
  const { optimizer, schedule, regime, ...numbers } = trainingRecipe({}, exits);
  expect(numbers).toEqual({ epochs: 10, batchSize: 128, labelSmoothing: 0, seed: 0 });
  expect([optimizer.name, regime.name]).toEqual(['adamw', 'joint']);
  expect(optimizer.settings).toMatchObject({ weightDecay: 0.01 });
  expect(schedule.settings).toMatchObject({ name: 'one-cycle', learningRate: 0.002 });
});

it.each(optimizerNames)('knows %s', (optimizer) => {
  expect(trainingRecipe({ optimizer }, exits).optimizer.name).toBe(optimizer);
  expect(trainingRecipe({ optimizer, clipNorm: 1 }, exits).optimizer.name).toContain(optimizer);
});

it.each(scheduleNames)('knows %s, with a warm-up too', (schedule) => {
  expect(trainingRecipe({ schedule }, exits).schedule.settings).toMatchObject({ name: schedule });
  const warm = trainingRecipe({ schedule, warmupEpochs: 2, epochs: 4 }, exits).schedule;
  expect(warm.settings).toMatchObject({ name: 'with-warmup', length: { share: 0.5 } });
});

it.each(regimeNames)('knows %s', (regime) => {
  expect(trainingRecipe({ regime }, exits).regime.name).toBe(regime);
});

it('gives the final exit what the early ones leave', () => {
  expect(trainingRecipe({ lossWeights: [0.25, 0.25] }, exits).lossWeights).toEqual([0.25, 0.25, 0.5]);
  expect(() => trainingRecipe({ lossWeights: [0.5] }, exits)).toThrow(/exit0.*exit1/);
});

it('makes a policy of thresholds; a cascade has one without', () => {
  expect(trainingRecipe({ thresholds: [0.9, 0.8] }, exits).policy).toEqual({
    criterion: 'max-probability',
    thresholds: [0.9, 0.8],
  });
  expect(trainingRecipe({ regime: 'cascade' }, exits).policy).toEqual({
    criterion: 'unique-above',
    thresholds: [0.5, 0.5],
  });
  expect(() => trainingRecipe({ thresholds: [0.9] }, exits)).toThrow(/one threshold per early exit/);
});

it('is told when another criterion passes samples on', () => {
  expect(() => trainingRecipe({ regime: 'cascade', criterion: 'entropy' }, exits)).toThrow(
    /needs thresholds/,
  );
});
