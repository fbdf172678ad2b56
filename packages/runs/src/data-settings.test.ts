import { describe, expect, it } from 'vitest';
import { resolveDataSettings } from './data-settings';

const before = { dataset: 'mnist', dataDir: null, seed: 3, validation: null, calibration: null };

describe('resolveDataSettings', () => {
  it('cuts a run that does not say how by the rules of its time, and what is new by those of today', () => {
    expect(resolveDataSettings({}, before).rules).toBe(1);
    expect(resolveDataSettings({}, { ...before, rules: 2 }).rules).toBe(2);
    expect(resolveDataSettings({ dataset: 'mnist' }, null).rules).toBe(2);
    expect(resolveDataSettings({ dataset: 'cifar10' }, before).rules).toBe(2);
  });

  it('remembers that broken images are left out, for the same data set alone', () => {
    const remembered = { ...before, skipBroken: true };
    expect(resolveDataSettings({}, remembered).skipBroken).toBe(true);
    expect(resolveDataSettings({ skipBroken: false }, remembered).skipBroken).toBe(false);
    expect(resolveDataSettings({ dataset: 'cifar10' }, remembered)).not.toHaveProperty('skipBroken');
  });
});
