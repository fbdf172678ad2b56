import { randomStream } from '@earlyexit/core';
import {
  argmaxRows,
  type CriterionName,
  evaluateExits,
  getCriterion,
  simulate,
} from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import type { LabelledLogits } from '../checks';
import { selectSamples, splitSamples } from '../samples/select-samples';
import { fitTemperatures } from '../temperature/fit-temperature';
import { applyVectorScaling, fitVectorScaling } from '../temperature/vector-scaling';
import { syntheticLogits } from '../test-data';
import { exitLosses, leavingExits } from './exit-losses';
import { FITTING_SHARE, makePromise, type RiskAim } from './make-promise';

const DRAWS = 2000;
const POPULATION = 1000;
const CLASSES = 3;
const DELTA = 0.1;
const ALLOWED = DELTA + 2 * Math.sqrt((DELTA * (1 - DELTA)) / DRAWS);
const costs = { exitMacs: [20, 55, 110], staticMacs: 100 };
/** Three times as sure as it should be; drawn from with replacement, it is the truth here. */
const population = syntheticLogits({ samples: POPULATION, exits: 3, classes: CLASSES, scale: 3, ease: 1.5 });
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Calibration splits drawn from a population with replacement. */
function* draws(of: LabelledLogits, samples: number): Generator<[LabelledLogits, LabelledLogits, number]> {
  const random = randomStream(5);
  for (let draw = 0; draw < DRAWS; draw++) {
    const rows = Int32Array.from({ length: samples }, () => Math.floor(random() * of.samples));
    const [fitted, rest] = splitSamples(selectSamples(of, rows), FITTING_SHARE, draw);
    yield [fitted, rest, draw];
  }
}

describe('scale, then promise', () => {
  it.each<{
    criterion: CriterionName;
    scaling: 'temperature' | 'vector' | 'none';
    method: 'ucb' | 'ltt';
    loss: RiskAim['loss'];
  }>([
    { criterion: 'max-probability', scaling: 'temperature', method: 'ucb', loss: 'consistency' },
    // The thresholds to try are read off the part that fits.
    { criterion: 'energy', scaling: 'none', method: 'ltt', loss: 'gap' },
    { criterion: 'margin', scaling: 'vector', method: 'ltt', loss: 'consistency' },
  ])('is broken in at most as many splits as it says: %o', ({ criterion, scaling, method, loss }) => {
    const aim: RiskAim = { risk: 0.08, delta: DELTA, method, loss };
    let broken = 0;
    let leaving = 0;
    for (const [fitted, rest, seed] of draws(population, 200)) {
      const temperatures = scaling === 'temperature' ? fitTemperatures(fitted) : [1, 1, 1];
      const vectors =
        scaling === 'vector'
          ? fitted.exits.map((logits) => fitVectorScaling(logits, fitted.labels, CLASSES))
          : null;
      const scale = (of: LabelledLogits): LabelledLogits =>
        vectors === null
          ? of
          : { ...of, exits: of.exits.map((logits, exit) => applyVectorScaling(logits, vectors[exit]!)) };
      const how = { criterion, temperatures, costs, seed };
      const { thresholds } = makePromise(scale(rest), scale(fitted), aim, how);
      const truth = scale(population);
      const { exitIndex, classes } = simulate(truth, { criterion, thresholds, temperatures });
      const final = argmaxRows(truth.exits[2]!, CLASSES);
      let lost = 0;
      classes.forEach((answer, row) => {
        const right = population.labels[row];
        if (loss === 'consistency') lost += Number(answer !== final[row]);
        else lost += Number(answer !== right) - Number(final[row] !== right);
      });
      broken += lost / POPULATION > aim.risk ? 1 / DRAWS : 0;
      leaving += exitIndex.filter((exit) => exit < 2).length / POPULATION / DRAWS;
    }
    console.log(
      `${criterion}, ${scaling}, ${method}, ${loss}: broken in ${percent(broken)} of ${String(DRAWS)} splits, ${percent(leaving)} leave early`,
    );
    expect(broken).toBeLessThanOrEqual(ALLOWED);
    expect(leaving).toBeGreaterThan(0.2);
  });
});

/** Now and then the first exit is sure of something wrong. */
function spoil(of: LabelledLogits, share: number): LabelledLogits {
  const random = randomStream(8);
  const [first, ...others] = of.exits;
  const spoilt = first!.slice();
  for (let row = 0; row < of.samples; row++) {
    if (random() < share) spoilt.subarray(row * CLASSES, (row + 1) * CLASSES).reverse();
  }
  return { ...of, exits: [spoilt, ...others] };
}

describe('a threshold of its own for each exit', () => {
  it.each([
    ['exits that are alike', 0, 1.02],
    ['a first exit that is wrong more often than it says', 0.15, 0.97],
  ])('against a shared one, with %s', (name, share, most) => {
    const truth = spoil(population, share);
    const evaluations = evaluateExits(truth, 'max-probability');
    const losses = exitLosses(evaluations, 'consistency', truth.labels);
    const exits = new Int8Array(POPULATION);
    const aim: RiskAim = { risk: 0.08, delta: DELTA, method: 'ltt', loss: 'consistency' };
    const own = { broken: 0, macs: 0 };
    const shared = { broken: 0, macs: 0 };
    for (const [fitted, rest, seed] of draws(truth, 300)) {
      const how = { criterion: 'max-probability', temperatures: [1, 1, 1], costs, seed } as const;
      for (const [result, path] of [
        [own, fitted],
        [shared, null],
      ] as const) {
        const { thresholds } = makePromise(rest, path, aim, how);
        leavingExits(getCriterion('max-probability'), evaluations, thresholds, exits);
        let lost = 0;
        exits.forEach((exit, row) => {
          lost += losses[exit]![row]! / POPULATION;
          result.macs += costs.exitMacs[exit]! / POPULATION / DRAWS;
        });
        result.broken += lost > aim.risk ? 1 / DRAWS : 0;
      }
    }
    console.log(
      `${name}: own broken in ${percent(own.broken)} of ${String(DRAWS)} draws at a cost of ${own.macs.toFixed(2)}, shared in ${percent(shared.broken)} at ${shared.macs.toFixed(2)}`,
    );
    expect(own.broken).toBeLessThanOrEqual(ALLOWED);
    expect(shared.broken).toBeLessThanOrEqual(ALLOWED);
    expect(own.macs / shared.macs).toBeLessThan(most);
  });
});
