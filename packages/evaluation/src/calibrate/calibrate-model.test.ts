import type { ArgumentError } from '@earlyexit/core';
import { DataError, type WorkNote } from '@earlyexit/core';
import { type CachedLogits, summarizeExits } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { calibrateBudgets } from './calibrate-budgets';
import { calibrateModel } from './calibrate-model';
import { calibrationFrontier } from './calibration-frontier';
import { recalibrateModel } from './recalibrate-model';
import { budgetDocument, calibrationDocument } from './calibration-document';
import { budgetCsv, frontierCsv } from './curve-csv';

const classes = ['a', 'b', 'c', 'd', 'e', 'f'];
const metadata = inventMetadata(['exit0', 'exit1', 'final'], classes);
const model = { metadata };
const cached = inventLogits({ samples: 800, seed: 3 });
const origin = { dataset: 'numbers', engine: 'none' };

describe('calibrateModel', () => {
  it('reaches its aim on the samples it was given, with no words and no option named', () => {
    const { policy, summary, searched } = calibrateModel(model, { cached });
    expect(policy).toMatchObject({
      criterion: 'max-probability',
      temperatures: expect.any(Array) as number[],
    });
    expect(summary.top1!).toBeGreaterThanOrEqual(summary.static.top1! - 0.005 - 1e-12);
    expect(summary.averageMacs).toBe(searched?.averageMacs);
    const costs = { exitMacs: metadata.exits.map(({ macs }) => macs), staticMacs: metadata.staticMacs };
    expect(summarizeExits(cached, policy, costs)).toEqual(summary);
  });

  it('promises on samples that nothing was fitted on', () => {
    const aim = { risk: 0.1, delta: 0.1, method: 'ltt', loss: 'consistency' } as const;
    const found = calibrateModel(model, { cached }, { aim, seed: 4 });
    expect(found).toMatchObject({ fittedSamples: 160, measured: { samples: 640 }, searched: null });
    expect(found.promise).toMatchObject({ ...aim, samples: 640, bound: null });
  });

  it('notes what a person should know, and names arguments and not options where it refuses', () => {
    const notes: WorkNote[] = [];
    const few: CachedLogits = { ...cached, labels: cached.labels.map((label) => (label === 5 ? 0 : label)) };
    calibrateModel(model, { cached: few }, {}, { onNote: (note) => notes.push(note) });
    expect(notes[0]).toEqual({
      level: 'warning',
      text: 'no calibration image of class f: what is set here says nothing about it',
    });

    const refuse = (...[goal, logits = cached]: [Parameters<typeof calibrateModel>[2], CachedLogits?]) => {
      try {
        calibrateModel(model, { cached: logits }, goal);
      } catch (error) {
        return error as ArgumentError | DataError;
      }
      throw new Error('it was taken');
    };
    expect(refuse({ criterion: 'cross-entropy-oracle' }).parts).toMatchObject({
      function: 'calibrateModel',
      argument: 'criterion',
    });
    expect(refuse({ aim: { targetMacs: 0.01 } }).parts).toMatchObject({ argument: 'targetMacs' });
    const broken = { ...cached, exits: cached.exits.map((logits) => logits.slice()) };
    broken.exits[1]![13] = NaN;
    expect(refuse({}, broken)).toBeInstanceOf(DataError);
    expect(refuse({}, broken).message).toContain(
      'the logits of exit1: they are finite numbers. Received: NaN for image 2',
    );
  });

  it('stops where its signal says so', () => {
    const signal = AbortSignal.abort(new Error('enough'));
    expect(() => calibrateModel(model, { cached }, {}, { signal })).toThrow('enough');
  });
});

describe('the documents', () => {
  it.each(['temperature', 'vector', 'none'] as const)('are plain JSON with %s scaling', (scaling) => {
    const calibration = calibrationDocument(model, calibrateModel(model, { cached }, { scaling }), origin);
    const budgets = budgetDocument(model, calibrateBudgets(model, { cached }, { scaling }), origin);
    for (const document of [calibration, budgets]) {
      expect(JSON.parse(JSON.stringify(document))).toEqual(document);
      const [fit] = document.fits;
      if (scaling === 'vector') expect(fit?.vector?.scales).toHaveLength(classes.length);
      else expect(fit?.vector).toBeNull();
    }
    expect(budgets.budgets).toHaveLength(39);
  });

  it('are CSV whatever an exit is called, with an interval beside every figure', () => {
    const frontier = calibrationFrontier(model, calibrateModel(model, { cached }));
    const csv = frontierCsv(frontier, {
      exits: ['a,"b"', 'c\nd', 'final'].map((name) => ({ name })),
      staticMacs: metadata.staticMacs,
    });
    const [header, ...lines] = csv.trim().split('\n');
    expect(header).toContain('"threshold_a,""b""",threshold_c\\nd,accuracy');
    expect(header).toContain(
      'share,accuracy_low,accuracy_high,averageMacs_low,averageMacs_high,share_low,share_high',
    );
    expect(lines).toHaveLength(frontier.length);
    for (const { accuracy, averageMacs, intervals } of frontier) {
      expect(intervals.accuracy.value).toBeCloseTo(accuracy, 12);
      expect(intervals.averageMacs.value).toBeCloseTo(averageMacs, 6);
    }
  });
});

describe('calibrateBudgets', () => {
  it('measures on the test split what it sets on the calibration split', () => {
    const test = inventLogits({ samples: 500, seed: 9 });
    const curve = calibrateBudgets(model, { cached }, { test });
    const own = calibrateBudgets(model, { cached });
    expect(curve.points.map(({ thresholds }) => thresholds)).toEqual(
      own.points.map(({ thresholds }) => thresholds),
    );
    expect(curve.points[20]?.accuracy).not.toBe(own.points[20]?.accuracy);
    const document = budgetDocument(model, curve, origin);
    expect(document).toMatchObject({ samples: 800, measuredOn: { split: 'test', samples: 500 } });
    expect(document.budgets[20]?.intervals.accuracy.low).toBeLessThan(document.budgets[20]!.accuracy);
    const [header] = budgetCsv(curve.points, {
      exits: ['a', 'b', 'final'].map((name) => ({ name })),
      staticMacs: metadata.staticMacs,
    }).split('\n');
    expect(header).toContain('share,accuracy_low');
  });
});

describe('recalibrateModel', () => {
  const promise = {
    ...{ method: 'ltt', loss: 'consistency', risk: 0.1, delta: 0.1, samples: 640, empiricalRisk: 0.05 },
    ...{ bound: null, statement: 'at most 10 % differ' },
  };
  const policy = { criterion: 'entropy', thresholds: [0.1, 0.1], temperatures: [1, 1, 1], promise } as const;

  it('makes the stored promise again on logits that were kept, labels or not', () => {
    const promised = { metadata: { ...metadata, policy } };
    const found = recalibrateModel(promised, { cached });
    expect(found).toMatchObject({ policy: { criterion: 'entropy' }, fits: [], fittedSamples: 160 });
    expect(found.promise).toMatchObject({ method: 'ltt', risk: 0.1, samples: 640 });
    expect(found.policy.temperatures).not.toEqual([1, 1, 1]);
    const unlabelled = recalibrateModel(promised, { cached: { ...cached, labels: null } });
    expect(unlabelled.policy.temperatures).toEqual([1, 1, 1]);
    expect(unlabelled.policy.thresholds).not.toEqual(policy.thresholds);
  });

  it('asks for a promise where there is none', () => {
    expect(() => recalibrateModel(model, { cached })).toThrow('whose policy promises nothing');
  });
});
