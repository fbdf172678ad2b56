import { randomStream } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, type CriterionName, simulate } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { applyFits, fitConfidence, type Scaling } from '../temperature/confidence-fit';
import { selectSamples, splitSamples } from '../samples/select-samples';
import { applyVectorScaling } from '../temperature/vector-scaling';
import { FITTING_SHARE, makePromise, type RiskAim } from './make-promise';

const DRAWS = 1000;
const SAMPLES = 500;
const POPULATION = 5000;
const CLASSES = 5;
const DELTA = 0.1;

/** Logits of three exits, three times as sure as they should be, of a population that is the truth here. */
function inventPopulation(): CachedLogits & { readonly labels: Int32Array } {
  const random = randomStream(11);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const labels = Int32Array.from({ length: POPULATION }, () => Math.floor(random() * CLASSES));
  const ease = Float64Array.from({ length: POPULATION }, () => 2.5 + 2 * normal());
  const exits = [0, 1, 2].map((exit) =>
    Float32Array.from({ length: POPULATION * CLASSES }, (_, i) => {
      const row = Math.floor(i / CLASSES);
      return 3 * (normal() + (i % CLASSES === labels[row] ? (ease[row] ?? 0) + exit : 0));
    }),
  );
  return { exits, samples: POPULATION, classes: CLASSES, labels };
}

const population = inventPopulation();
const finalAnswers = argmaxRows(population.exits[2] ?? new Float32Array(), CLASSES);
const costs = { exitMacs: [30, 60, 110], staticMacs: 100 };

interface Recipe {
  readonly criterion: CriterionName;
  readonly scaling: Scaling;
  readonly method: 'ucb' | 'ltt';
  readonly loss: RiskAim['loss'];
}

/** What came of `calibrate --risk` on calibration splits drawn with replacement, against the whole population. */
function keepPromises({ criterion, scaling, method, loss }: Recipe): { broken: number; leaving: number } {
  const random = randomStream(5);
  const aim: RiskAim = { risk: 0.05, delta: DELTA, method, loss };
  let broken = 0;
  let leaving = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const rows = Int32Array.from({ length: SAMPLES }, () => Math.floor(random() * POPULATION));
    const [fitted, rest] = splitSamples(selectSamples(population, rows), FITTING_SHARE, draw);
    const fits = fitConfidence(fitted, rest, [], scaling);
    const temperatures = fits.map(({ temperature }) => temperature);
    const how = { criterion, temperatures, costs, seed: draw };
    const { thresholds } = makePromise(applyFits(rest, fits), applyFits(fitted, fits), aim, how);
    const truth = applyFits(population, fits);
    const final = fits[2]?.vector
      ? argmaxRows(applyVectorScaling(population.exits[2] ?? new Float32Array(), fits[2].vector), CLASSES)
      : finalAnswers;
    const { exitIndex, classes } = simulate(truth, { criterion, thresholds, temperatures });
    let lost = 0;
    classes.forEach((answer, row) => {
      const right = population.labels[row];
      if (loss === 'consistency') lost += Number(answer !== final[row]);
      else lost += Number(answer !== right) - Number(final[row] !== right);
    });
    broken += lost / POPULATION > aim.risk ? 1 / DRAWS : 0;
    leaving += exitIndex.filter((exit) => exit < 2).length / POPULATION / DRAWS;
  }
  return { broken, leaving };
}

it.each<Recipe>([
  { criterion: 'max-probability', scaling: 'temperature', method: 'ucb', loss: 'consistency' },
  // The thresholds to try are read off the part that fits.
  { criterion: 'energy', scaling: 'none', method: 'ltt', loss: 'gap' },
  { criterion: 'margin', scaling: 'vector', method: 'ltt', loss: 'consistency' },
])(
  'the promise of calibrate is broken in at most as many of 1,000 splits as it says, its fits included: %o',
  (recipe) => {
    const { broken, leaving } = keepPromises(recipe);
    console.log(
      `${recipe.criterion}, ${recipe.scaling}, ${recipe.method}, ${recipe.loss}: broken in ${(100 * broken).toFixed(1)} % of ${String(DRAWS)} splits, ${(100 * leaving).toFixed(1)} % leave early`,
    );
    expect(broken).toBeLessThanOrEqual(DELTA + 3 * Math.sqrt((DELTA * (1 - DELTA)) / DRAWS));
    expect(leaving).toBeGreaterThan(0.2);
  },
);
