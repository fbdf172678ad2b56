import type { ArgumentError } from '@earlyexit/core';
import { DataError, type WorkNote } from '@earlyexit/core';
import { type CachedLogits, summarizeExits } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { calibrateBudgets } from './calibrate-budgets';
import { calibrateModel } from './calibrate-model';
import { budgetDocument, calibrationDocument } from './calibration-document';
import { frontierCsv } from './curve-csv';

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

  it('are CSV whatever an exit is called', () => {
    const { searched } = calibrateModel(model, { cached });
    const csv = frontierCsv(searched?.frontier ?? [], ['a,"b"', 'c\nd'], metadata.staticMacs);
    const [header, ...lines] = csv.trim().split('\n');
    expect(header).toContain('"threshold_a,""b""",threshold_c\\nd,accuracy');
    expect(lines).toHaveLength(searched?.frontier.length ?? -1);
  });
});
