import { selectSamples, splitSamples } from '@earlyexit/calibration';
import { randomStream } from '@earlyexit/core';
import {
  argmaxRows,
  type CachedLogits,
  costsOf,
  type CriterionName,
  evaluateExits,
  getCriterion,
  softmax,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { calibrateModel } from './calibrate-model';
import { deltaLeft } from './earlier-promises';
import { makeCalibrationPromise, type PromiseSubject } from './make-calibration-promise';

const DRAWS = 2000;
const DELTA = 0.1;
const ALLOWED = DELTA + 2 * Math.sqrt((DELTA * (1 - DELTA)) / DRAWS);
const CLASSES = 3;
const metadata = inventMetadata(['exit0', 'exit1', 'final'], ['a', 'b', 'c']);
const costs = costsOf(metadata);
/** Drawn from with replacement, it is the truth here. */
const population = inventLogits({ samples: 600, classes: CLASSES, seed: 6 });
const final = argmaxRows(population.exits[2]!, CLASSES);
const aim = { risk: 0.1, delta: DELTA, method: 'ltt', loss: 'consistency' } as const;

interface Truth {
  readonly consistency: number;
  readonly gap: number;
  readonly exitIndex: Int32Array;
  readonly answers: Int32Array;
}

const scored = new Map<CriterionName, ReturnType<typeof evaluateExits>>();

/** What thresholds really do. */
function truthOf(thresholds: readonly Threshold[], criterion: CriterionName = 'max-probability'): Truth {
  const evaluations = scored.get(criterion) ?? evaluateExits(population, criterion);
  scored.set(criterion, evaluations);
  const { leaves } = getCriterion(criterion);
  const exitIndex = new Int32Array(population.samples).map((_, row) => {
    const exit = thresholds.findIndex((threshold, k) => leaves(evaluations[k]!, row, threshold));
    return exit < 0 ? 2 : exit;
  });
  const answers = exitIndex.map((exit, row) => evaluations[exit]!.classes[row]!);
  const sums = { consistency: 0, gap: 0 };
  answers.forEach((answer, row) => {
    const label = population.labels[row]!;
    sums.consistency += Number(answer !== final[row]) / population.samples;
    sums.gap += (Number(answer !== label) - Number(final[row] !== label)) / population.samples;
  });
  return { ...sums, exitIndex, answers };
}
/** How often a promise is broken over calibration splits drawn from the population, a fifth of each fitted on. */
function brokenShare(
  name: string,
  size: number,
  isBroken: (subject: PromiseSubject, seed: number, cached: CachedLogits) => boolean,
): number {
  const random = randomStream(23);
  let broken = 0;
  for (let seed = 0; seed < DRAWS; seed++) {
    const rows = Int32Array.from({ length: size }, () => Math.floor(random() * population.samples));
    const cached = selectSamples(population, rows);
    const [fitted, samples] = splitSamples(cached, 0.2, seed);
    const temperaturesFor = (): number[] => [1, 1, 1];
    const subject = { samples, fitted, criterion: 'max-probability', temperaturesFor, costs, seed };
    broken += isBroken(subject, seed, cached) ? 1 / DRAWS : 0;
  }
  console.log(`${name}: broken in ${(100 * broken).toFixed(1)} % of ${String(DRAWS)} draws, δ 10 %`);
  return broken;
}

describe('no promise that calibrateModel makes is broken more often than it says:', () => {
  it('the cheapest of several on the same samples', () => {
    const candidates = [
      { criterion: 'max-probability' },
      { criterion: 'margin' },
      { criterion: 'entropy' },
    ] as const;
    const share = brokenShare('the cheapest of three', 200, (subject) => {
      const { policy } = makeCalibrationPromise(subject, aim, candidates);
      return truthOf(policy.thresholds, policy.criterion).consistency > aim.risk;
    });
    expect(share).toBeLessThanOrEqual(ALLOWED);
  });

  it('one after the other on the same samples, all together', () => {
    const split = 'numbers calibration';
    const share = brokenShare('one after the other', 200, (subject) => {
      const first = makeCalibrationPromise(subject, { ...aim, delta: 0.06 }, undefined);
      const { delta, samples, statement } = first.promise;
      const record = { what: 'promise', fingerprint: split, samples, delta, statement } as const;
      const left = deltaLeft([record], split, DELTA);
      const gap = { risk: 0.06, delta: left, method: 'ucb', loss: 'gap' } as const;
      const second = makeCalibrationPromise(subject, gap, undefined);
      return (
        truthOf(first.policy.thresholds).consistency > aim.risk ||
        truthOf(second.policy.thresholds).gap > gap.risk
      );
    });
    expect(share).toBeLessThanOrEqual(ALLOWED);
  });

  it('declining where not sure', () => {
    const probabilities = softmax(population.exits[2]!, CLASSES);
    const share = brokenShare('declining', 200, (_, seed, cached) => {
      const risk = 0.25;
      const goal = {
        aim: { targetMacs: 0.7 },
        scaling: 'none',
        reject: { risk, delta: DELTA },
        seed,
      } as const;
      const { reject, policy } = calibrateModel({ metadata }, { cached }, goal);
      if (reject === null) return false;
      const { exitIndex, answers } = truthOf(policy.thresholds);
      let given = 0;
      let wrong = 0;
      answers.forEach((answer, row) => {
        if (exitIndex[row] === 2 && probabilities[row * CLASSES + answer]! < reject.below) return;
        given++;
        wrong += answer === population.labels[row] ? 0 : 1;
      });
      return wrong / given > risk;
    });
    expect(share).toBeLessThanOrEqual(ALLOWED);
  });
});
