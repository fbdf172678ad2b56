import { describe, expect, it } from 'vitest';
import { ArgumentError } from './argument-error';
import { EarlyExitError } from './earlyexit-error';

describe('EarlyExitError', () => {
  it('names the place, the rule, what was received and the way out', () => {
    const error = new ArgumentError({
      where: '--limit',
      rule: 'it is a whole number',
      received: '1.5',
      remedy: 'Round it',
    });
    expect(error.message).toBe('--limit: it is a whole number. Received: 1.5. Round it.');
    expect(EarlyExitError.is(error)).toBe(true);
  });

  it('makes the place of the function and its argument, and keeps both for a program to map', () => {
    const error = new ArgumentError({ function: 'splitDataset', argument: 'limit', rule: 'it is positive' });
    expect(error.message).toBe('splitDataset({ limit }): it is positive.');
    expect(error.parts).toMatchObject({
      where: 'splitDataset({ limit })',
      function: 'splitDataset',
      argument: 'limit',
    });
  });

  it('names other arguments by the words of a program', () => {
    const error = new ArgumentError({
      function: 'calibrate',
      argument: 'plan',
      rule: (called) => `it goes with ${called('risk')}`,
      received: (called) => `${called('plan')} and ${called('budget')}`,
    });
    expect(error.message).toBe('calibrate({ plan }): it goes with risk. Received: plan and budget.');
    expect(error.partsAs((name) => `--${name}`)).toMatchObject({
      rule: 'it goes with --risk',
      received: '--plan and --budget',
      argument: 'plan',
    });
  });
});
