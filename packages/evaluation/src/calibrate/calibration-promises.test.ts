import type { FittedOn } from '@earlyexit/branch-head';
import type { WorkNote } from '@earlyexit/core';
import { costsOf } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { calibrateModel } from './calibrate-model';
import type { CalibrationGoal } from './calibration-aim';
import { calibrationDocument } from './calibration-document';

const classes = ['a', 'b', 'c', 'd'];
const metadata = inventMetadata(['exit0', 'exit1', 'final'], classes);
const cached = inventLogits({ samples: 1500, classes: 4, seed: 5 });
const logits = { cached, origin: { split: 'numbers calibration 1' } };
const aim = { risk: 0.08, delta: 0.1, method: 'ltt', loss: 'consistency' } as const;
const origin = { dataset: 'numbers', engine: 'none' };

function calibrate(goal: CalibrationGoal, fittedOn: readonly FittedOn[] = []) {
  const notes: WorkNote[] = [];
  const model = { metadata: { ...metadata, fittedOn } };
  const found = calibrateModel(model, logits, goal, { onNote: (note) => notes.push(note) });
  const document = calibrationDocument(model, found, origin);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  return { ...found, document, notes: notes.map(({ text }) => text) };
}

describe('several promises on the same samples', () => {
  it('are made at their share of δ, and the cheapest is taken', () => {
    const candidates = [
      { criterion: 'entropy' },
      { criterion: 'margin', method: 'ucb' },
      { criterion: 'ensemble' },
      { loss: 'gap', risk: 0.03 },
    ] as const;
    const { several, policy, promise, criterion, document } = calibrate({ aim, candidates });
    expect(several?.deltaEach).toBeCloseTo(0.025, 12);
    expect(several?.candidates.map((each) => each.criterion)).toEqual([
      'entropy',
      'margin',
      'ensemble',
      'max-probability',
    ]);
    expect(several?.candidates.map(({ method }) => method)).toEqual(['ltt', 'ucb', 'ltt', 'ucb']);
    const best = several!.candidates[several!.best]!;
    expect(best.averageMacs).toBe(Math.min(...several!.candidates.map(({ averageMacs }) => averageMacs)));
    expect(policy).toMatchObject({ criterion: best.criterion, thresholds: best.thresholds });
    expect(criterion).toBe(best.criterion);
    expect(promise).toMatchObject({ delta: 0.1, loss: best.loss, risk: best.risk });
    expect(promise?.statement).toContain('the cheapest of 4 promises that hold together');
    expect(document.several?.candidates[0]?.thresholds).toHaveLength(2);
  });

  it('are refused where nothing is promised, or only on average', () => {
    expect(() => calibrate({ candidates: [{}] })).toThrow('ways to make the promise');
    const average = { ...aim, method: 'crc', delta: null } as const;
    expect(() => calibrate({ aim: average, candidates: [{}] })).toThrow('which crc does not give');
  });
});

describe('a promise in every class', () => {
  it('is stricter than one over all samples, and tells the risk of each', () => {
    const { classes: groups, promise, summary, document } = calibrate({ aim: { ...aim, inEach: 'class' } });
    expect(groups).toHaveLength(4);
    expect(promise).toMatchObject({ inEach: 'class' });
    expect(promise!.empiricalRisk).toBeLessThan(aim.risk);
    expect(summary.averageMacs!).toBeGreaterThanOrEqual(calibrate({ aim }).summary.averageMacs!);
    expect(document.classRisks?.map(({ name }) => name)).toEqual(classes);
  });
});

describe('several limits at once', () => {
  it('are kept by the same thresholds', () => {
    const joint = { consistency: 0.08, gap: 0.05, cost: 0.9 };
    const { promise, summary, document } = calibrate({ aim: { joint, delta: 0.1 } });
    expect(promise).toMatchObject({ loss: 'consistency', risk: 0.08, joint });
    expect(promise?.statement).toContain('the average cost is at most 90 %');
    expect(document.joint?.cost).toBeCloseTo(summary.averageMacs! / costsOf(metadata).staticMacs, 9);
  });

  it('are refused where no thresholds keep them, or none is about answers', () => {
    expect(() => calibrate({ aim: { joint: { consistency: 0.01, cost: 0.38 }, delta: 0.1 } })).toThrow(
      'none could be shown to',
    );
    expect(() => calibrate({ aim: { joint: { cost: 0.5 }, delta: 0.1 } })).toThrow('aim for targetMacs');
  });
});

describe('a reject option', () => {
  it('is set on samples of its own', () => {
    const { reject, measured, made, document } = calibrate({ reject: { risk: 0.15 } });
    expect(reject).toMatchObject({ risk: 0.15, delta: 0.1, samples: 750 });
    expect(reject!.empiricalRisk).toBeLessThan(0.15);
    expect(reject!.coverage).toBeGreaterThan(0.5);
    expect(measured.samples).toBe(750);
    expect(made).toHaveLength(1);
    expect(document.reject?.statement).toContain('of the answers given are wrong');
  });

  it('always answers where nothing can be promised, and says so', () => {
    const { reject, notes } = calibrate({ aim: { targetMacs: 0.5 }, reject: { risk: 0.001 } });
    expect(reject).toBeNull();
    expect(notes.join()).toContain('the final exit always answers');
  });
});

describe('promises made before', () => {
  const before = (split: string, delta = 0.04): FittedOn => ({
    ...{ what: 'promise', fingerprint: split, samples: 1200, delta, statement: 'at most 1 % differ' },
  });

  it('are named, and leave what is left of δ', () => {
    const { earlier, notes, promise } = calibrate({ aim, withEarlier: true }, [
      before('numbers calibration 1'),
    ]);
    expect(earlier.spentDelta).toBe(0.04);
    expect(notes.join()).toContain('1 promise was made before on the same samples');
    expect(promise?.delta).toBeCloseTo(0.06, 12);
    expect(calibrate({ aim }, [before('others')]).notes.join()).toContain('samples that these may share');
  });

  it('are none where the same promise is made again', () => {
    const { made } = calibrate({ aim });
    const again = { ...before('numbers calibration 1'), ...made[0]! };
    expect(calibrate({ aim }, [again]).earlier.promises).toEqual([]);
  });

  it('may leave nothing', () => {
    const spent = [before('numbers calibration 1', 0.1)];
    expect(() => calibrate({ aim, withEarlier: true }, spent)).toThrow(
      'fail with a probability of at most 0.1',
    );
    expect(() => calibrate({ withEarlier: true })).toThrow('there is a promise to be made');
  });
});

it('fits temperatures to the mean of the exits where that decides', () => {
  const { policy, fits } = calibrate({ criterion: 'ensemble' });
  const own = calibrate({}).policy.temperatures;
  expect(policy.temperatures[1]).not.toBe(own[1]);
  expect(policy.temperatures[2]).toBe(own[2]);
  for (const { before, after } of fits) {
    expect(after.negativeLogLikelihood).toBeLessThanOrEqual(before.negativeLogLikelihood + 1e-9);
    expect(after.classCalibrationError).toBeGreaterThan(0);
    expect(after.adaptiveCalibrationError).toBeGreaterThan(0);
    expect(after.calibrationErrorInterval.high).toBeGreaterThanOrEqual(after.calibrationErrorInterval.low);
  }
});
