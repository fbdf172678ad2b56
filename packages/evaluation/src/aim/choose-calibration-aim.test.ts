import { describe, expect, it } from 'vitest';
import type { AskedAim } from './asked-aim';
import { chooseCalibrationAim, scalingFor } from './choose-calibration-aim';
import { chooseSearchAim } from './choose-search-aim';

describe('chooseCalibrationAim', () => {
  it.each<[AskedAim, object]>([
    [{}, { aim: { maxAccuracyDrop: 0.005 }, criterion: 'max-probability' }],
    [
      { targetMacs: 0.3, criterion: ['entropy'] },
      { aim: { targetMacs: 0.3 }, criterion: 'entropy' },
    ],
    [{ thresholds: [0.5, 'never'] }, { aim: { thresholds: [0.5, 'never'] } }],
    [{ budget: true }, { aim: { budget: true } }],
    [{ plan: true }, { aim: { risk: 0.02, delta: 0.1, method: 'ltt', loss: 'consistency' } }],
    [{ risk: [0.01], method: 'crc' }, { aim: { risk: 0.01, delta: null, method: 'crc' } }],
    [{ risk: [0.05], eachClass: true }, { aim: { risk: 0.05, inEach: 'class' } }],
    [
      { risk: [0.02, 0.3], loss: ['consistency', 'cost'] },
      { aim: { joint: { consistency: 0.02, cost: 0.3 }, delta: 0.1 } },
    ],
    [{ rejectRisk: 0.01, delta: 0.2 }, { reject: { risk: 0.01, delta: 0.2 } }],
  ])('reads %j', (asked, expected) => {
    expect(chooseCalibrationAim(asked)).toMatchObject(expected);
  });

  it('tries every criterion that needs no labels at every risk', () => {
    const { candidates = [] } = chooseCalibrationAim({ criterion: ['all'], risk: [0.1, 0.2] });
    expect(candidates.length).toBeGreaterThan(10);
    expect(new Set(candidates.map(({ criterion }) => criterion)).size).toBe(candidates.length / 2);
  });

  it.each<[AskedAim, RegExp]>([
    [{ maxAccuracyDrop: 0.01, risk: [0.1] }, /\{ risk \}\): there is one aim.*maxAccuracyDrop and risk/],
    [{ targetMacs: 0.5, thresholds: [0.5] }, /either given or searched for/],
    [{ delta: 0.1 }, /\{ delta \}\): it says how a promise is made.*Add risk/],
    [{ criterion: ['entropy', 'margin'] }, /several are tried to make a promise with/],
    [{ criterion: ['cross-entropy-oracle'] }, /criterion/],
    [{ risk: [0.1], method: 'crc', delta: 0.1 }, /no probability to set/],
    [{ risk: [0.1, 0.2], eachClass: true }, /eachClass is for one promise/],
    [{ risk: [0.1], loss: ['cost'] }, /kept together with consistency or gap/],
    [{ risk: [0.1, 0.2], loss: ['gap', 'cost'], method: 'ltt' }, /method goes with one loss/],
    [{ plan: true, rejectRisk: 0.1 }, /stores none.*rejectRisk and plan/],
    [{ budget: true, criterion: ['entropy'] }, /compares largest probabilities/],
  ])('refuses %j', (asked, words) => {
    expect(() => chooseCalibrationAim(asked)).toThrow(words);
  });
});

it('scales no confidence for the protocol, and for any other aim', () => {
  expect([scalingFor({ budget: true }), scalingFor({ targetMacs: 1 })]).toEqual(['none', 'temperature']);
});

it('takes one aim of a search', () => {
  expect(chooseSearchAim({})).toEqual({ maxAccuracyDrop: 0.005 });
  expect(() => chooseSearchAim({ maxAccuracyDrop: 0, targetMacs: 0.5 })).toThrow(
    'chooseSearchAim({ targetMacs }): there is one aim. Received: maxAccuracyDrop and targetMacs.',
  );
});
