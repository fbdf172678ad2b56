import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EngineName, engineNames } from './engine';
import { engineDrivers } from './engines/index';
import { selectEngine } from './select-engine';
import { computations } from './testing/computations';
import { seededDraws } from '@earlyexit/testing';
import { tf } from './tf';

// Single precision keeps 7 digits; a sum of n products loses about √n of them in another order. 1e-5 of the largest value
// leaves room for the longest sums here (a few thousand products) and for nothing else.
const tolerance = 1e-5;

const others = engineNames.filter((name) => name !== 'cpu');
const missing = new Map<EngineName, string>();
for (const name of others) {
  const probed = await engineDrivers[name].probe();
  if (!probed.available) missing.set(name, probed.reason);
}

/** Every result as plain numbers, computed on one engine. */
async function resultsOn(
  engine: EngineName,
  compute: () => tf.Tensor[],
): Promise<{ shape: number[]; values: number[] }[]> {
  await selectEngine(engine);
  tf.engine().startScope();
  const results = await Promise.all(
    compute().map(async (tensor) => ({ shape: [...tensor.shape], values: Array.from(await tensor.data()) })),
  );
  tf.engine().endScope();
  return results;
}

/** The largest difference as a share of the largest value expected; NaN only beside NaN. */
function largestDifference(actual: readonly number[], expected: readonly number[]): number {
  let difference = 0;
  let scale = 1e-3;
  expected.forEach((value, index) => {
    const other = actual[index]!;
    if (Object.is(value, other)) return;
    scale = Math.max(scale, Math.abs(value));
    difference = Number.isFinite(other - value) ? Math.max(difference, Math.abs(other - value)) : Infinity;
  });
  return difference / scale;
}

for (const engine of others) {
  const reason = missing.get(engine);
  const title =
    reason === undefined ? `${engine} agrees with cpu` : `${engine} agrees with cpu (not here: ${reason})`;
  describe.skipIf(reason !== undefined)(title, () => {
    beforeAll(() => selectEngine(engine));
    afterEach(() => tf.disposeVariables());

    for (const { name, exceptions } of computations) {
      const why = exceptions?.[engine];
      if (why !== undefined) it.skip(`${name} (${why})`);
    }
    const comparable = computations.filter(({ exceptions }) => exceptions?.[engine] === undefined);
    it.each(comparable.map((one) => [one.name, one] as const))('%s', async (_, { rounds, draw }) => {
      for (let round = 0; round < rounds; round++) {
        const { size, compute } = draw(seededDraws(1 + round * 7919));
        const expected = await resultsOn('cpu', compute);
        const actual = await resultsOn(engine, compute);
        expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
        const differences = expected.map((one, index) =>
          largestDifference(actual[index]!.values, one.values),
        );
        expect(Math.max(...differences), `${JSON.stringify(size)}: ${differences.join(', ')}`).toBeLessThan(
          tolerance,
        );
      }
    });
  });
}
