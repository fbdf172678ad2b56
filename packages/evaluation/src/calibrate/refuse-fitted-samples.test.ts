import { describe, expect, it } from 'vitest';
import { UNKNOWN_SPLIT } from '@earlyexit/exit-criteria';
import { refuseFittedSamples } from './refuse-fitted-samples';

const fit = { what: 'vector', fingerprint: 'digits calibration 1', samples: 500 } as const;
const asked = { split: 'digits calibration 1', samples: 500, apart: false };

describe('refuseFittedSamples', () => {
  it('refuses the samples that vector scaling was fitted on', () => {
    expect(() => refuseFittedSamples([fit], asked)).toThrow('nothing was fitted on');
    expect(() => refuseFittedSamples([fit], { ...asked, apart: true })).toThrow('nothing was fitted on');
    expect(() => refuseFittedSamples([{ ...fit, samples: 250 }], asked)).toThrow('250 of 500 samples');
  });

  it('lets the rest of the split promise where only the fitting part was fitted on', () => {
    expect(() => refuseFittedSamples([{ ...fit, samples: 250 }], { ...asked, apart: true })).not.toThrow();
  });

  it('refuses the samples that ranges of int8 were measured on, wherever they lie in the split', () => {
    const ranges = { what: 'int8-ranges', fingerprint: fit.fingerprint, samples: 256 } as const;
    for (const apart of [false, true])
      expect(() => refuseFittedSamples([ranges], { ...asked, apart })).toThrow(/ranges of int8.*256 of 500/);
    expect(() => refuseFittedSamples([ranges], { ...asked, split: 'another' })).not.toThrow();
  });

  it('lets other samples promise, and refuses where nobody knows which they are', () => {
    expect(() => refuseFittedSamples([fit], { ...asked, split: 'digits calibration 2' })).not.toThrow();
    expect(() => refuseFittedSamples([fit], { ...asked, split: undefined })).toThrow('nothing was fitted on');
    expect(() => refuseFittedSamples([{ ...fit, fingerprint: UNKNOWN_SPLIT }], asked)).toThrow(
      'nothing was fitted on',
    );
    expect(() => refuseFittedSamples(undefined, asked)).not.toThrow();
  });
});
