import { randomStream } from '@earlyexit/core';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { argmaxRows, type CriterionName, evaluateExits, simulate } from '@earlyexit/exit-criteria';
import { expect } from 'vitest';
import { exportConditional } from '../export-conditional';
import { exportStatic } from '../export-static';
import { asInput, channelsFirst, noise, openSession, randomThresholds, referenceLogits } from './compare';

/** How far two engines may differ for values of this size: they add float32 numbers in different orders. */
export function tolerance(value: number): number {
  return 1e-4 * Math.max(1, Math.abs(value));
}

/** Exports a network and compares it with TensorFlow.js and the simulator. */
export async function checkNetwork(
  model: MultiExitModel,
  options: {
    criteria: readonly CriterionName[];
    seed: number;
    samples: number;
    opset?: number;
    rounds?: number;
  },
): Promise<void> {
  const { criteria, seed, samples, rounds = 3 } = options;
  const version = options.opset === undefined ? {} : { opset: options.opset };
  const random = randomStream(seed);
  const images = noise(model, samples, seed);
  const cached = referenceLogits(model, images, samples);
  const { classes } = cached;
  const pixels = channelsFirst(model, images, samples);
  const early = model.metadata.exits.length - 1;

  const plain = await openSession(await exportStatic(model, version));
  const final = (await plain.run({ pixel_values: pixels }))['logits']!.data as Float32Array;
  expectClose(final, cached.exits.at(-1)!);
  await plain.release();

  for (const criterion of criteria) {
    const temperatures = Array.from({ length: early + 1 }, () => 0.5 + 2 * random());
    const session = await openSession(
      await exportConditional(model, { criterion, temperatures, ...version }),
    );
    const evaluations = evaluateExits(cached, criterion, temperatures);
    for (let round = 0; round < rounds; round++) {
      const thresholds = randomThresholds(cached, criterion, temperatures, random);
      const expected = simulate(cached, { criterion, thresholds, temperatures });
      const result = await session.run({
        pixel_values: pixels,
        ...(early > 0 ? { thresholds: asInput(criterion, thresholds) } : {}),
      });
      const exits = Int32Array.from(result['exit_index']!.data as BigInt64Array, Number);
      const logits = result['logits']!.data as Float32Array;
      const scores = result['score']!.data as Float32Array;
      expect(exits).toEqual(expected.exitIndex);
      const answers = argmaxRows(logits, classes);
      exits.forEach((exit, row) => {
        // Two classes that tie but for rounding may change places.
        const { ranking } = evaluations[exit]!;
        const mine = ranking[row * classes + answers[row]!]!;
        const theirs = ranking[row * classes + expected.classes[row]!]!;
        expect(Math.abs(mine - theirs)).toBeLessThan(tolerance(theirs));
        expect(Math.abs(scores[row]! - expected.scores[row]!)).toBeLessThan(tolerance(expected.scores[row]!));
        if (criterion === 'ensemble') return;
        const reference = cached.exits[exit]!.subarray(row * classes, (row + 1) * classes);
        expectClose(logits.subarray(row * classes, (row + 1) * classes), reference);
      });
    }
    await session.release();
  }
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    if (!(Math.abs(value - expected[i]!) < tolerance(expected[i]!)))
      expect(value).toBeCloseTo(expected[i]!, 4);
  });
}
