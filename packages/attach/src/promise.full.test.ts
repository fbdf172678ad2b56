import { selectSamples } from '@earlyexit/calibration';
import { randomStream } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, simulate } from '@earlyexit/exit-criteria';
import { loadSession } from '@earlyexit/inference/onnx';
import { expect, it } from 'vitest';
import { cascadeOnnx } from './cascade-onnx';
import { chooseThresholds } from './choose-thresholds';
import { colourImages, colourNetwork, preparation } from './testing/colour-networks';

const DRAWS = 200;
const POPULATION = 4000;
/** Of one draw. */
const [FITTED, PROMISED] = [100, 400];

it(`keeps the promise about a file in all but delta of ${DRAWS} draws of its images`, async () => {
  const aim = { risk: 0.02, delta: 0.1, loss: 'consistency' } as const;
  const before = [4, 2].map((stride) => ({
    network: colourNetwork({ stride, depth: 4 / stride, scale: 10 }),
  }));
  const large = { network: colourNetwork({ depth: 40, scale: 60 }), ...preparation };
  const { file, report } = await cascadeOnnx(before, large, { images: colourImages(900), aim });

  // Everything that any draw will need, once.
  const images = colourImages(POPULATION, 8, 5);
  const session = await loadSession(file, { threads: 1 });
  const logits: Float32Array[] = [];
  for (const thresholds of [
    ['always', 'always'] as const,
    ['never', 'always'] as const,
    ['never', 'never'] as const,
  ]) {
    const answers = await session.run(
      { data: images.bytes, count: POPULATION },
      { thresholds: [...thresholds] },
    );
    logits.push(Float32Array.from(answers.logits));
  }
  session.dispose();
  const population: CachedLogits = { exits: logits, samples: POPULATION, classes: 3, labels: null };
  const own = argmaxRows(logits.at(-1)!, 3);
  const costs = { exitMacs: report.exits.map(({ macs }) => macs), staticMacs: report.staticMacs };

  let [broken, left] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    const random = randomStream(draw);
    // With replacement: then the risk over the population is the true one.
    const some = (count: number): CachedLogits =>
      selectSamples(
        population,
        Int32Array.from({ length: count }, () => Math.floor(POPULATION * random())),
      );
    const policy = chooseThresholds(some(FITTED), some(PROMISED), costs, aim);
    const { classes, exitIndex } = simulate(population, policy);
    const different = classes.reduce((sum, answer, row) => sum + Number(answer !== own[row]), 0);
    broken += Number(different / POPULATION > aim.risk);
    left += exitIndex.reduce((sum, exit) => sum + Number(exit < 2), 0) / POPULATION;
  }
  process.stderr.write(
    `broken in ${broken} of ${DRAWS} draws; ${((100 * left) / DRAWS).toFixed(1)} % leave early\n`,
  );
  expect(broken).toBeLessThanOrEqual(DRAWS * aim.delta);
  // Not by leaving nobody.
  expect(left / DRAWS).toBeGreaterThan(0.2);
  expect(left / DRAWS).toBeLessThan(0.95);
});
