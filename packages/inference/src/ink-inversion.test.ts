import { describe, expect, it } from 'vitest';
import { inkInversion } from './ink-inversion';

describe('inkInversion', () => {
  it('looks at each image for a network of light ink, and leaves every other network alone', () => {
    expect(inkInversion({ polarity: 'light-on-dark' })).toBe('auto');
    expect(inkInversion({ polarity: 'dark-on-light' })).toBe(false);
    expect(inkInversion({ polarity: null })).toBe(false);
    expect(inkInversion({})).toBe(false);
    expect(inkInversion(null)).toBe(false);
  });

  it('takes what a run remembers only where the network does not say', () => {
    expect(inkInversion({}, 'light-on-dark')).toBe('auto');
    expect(inkInversion({ polarity: null }, 'light-on-dark')).toBe(false);
  });
});
