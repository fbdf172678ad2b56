import { describe, expect, it } from 'vitest';
import { bytes, count, duration, energy, percent, plural, shortMacs } from './format';

describe('format', () => {
  it('writes fractions as percent', () => {
    expect(percent(0.98765)).toBe('98.77 %');
    expect(percent(1, 0)).toBe('100 %');
    expect(percent(null)).toBe('–');
    expect(percent(Number.NaN)).toBe('–');
  });

  it('keeps thousands apart', () => {
    expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  it('shortens multiply-accumulates to three digits', () => {
    expect([16, 999, 1000, 219_690, 999_600, 40_813_184, 4.089e9].map(shortMacs)).toEqual([
      ...['16', '999', '1.00 k', '220 k', '1.00 M', '40.8 M', '4.09 G'],
    ]);
    expect(shortMacs(null)).toBe('–');
  });

  it('writes bytes with binary units', () => {
    expect([512, 1536, 24 * 2 ** 30].map(bytes)).toEqual(['512 B', '1.5 KiB', '24.0 GiB']);
  });

  it('writes energies with three digits', () => {
    expect([0.00456, 0.9996, 999.4, 12_950, 3e6].map(energy)).toEqual([
      ...['4.56 nJ', '1.00 µJ', '999 µJ', '12.9 mJ', '3.00 J'],
    ]);
  });

  it('writes time spans', () => {
    expect([0.04, 59.94, 59.96, 65, 7800].map(duration)).toEqual([
      '0.0 s',
      '59.9 s',
      '1 min 00 s',
      '1 min 05 s',
      '2 h 10 min',
    ]);
  });

  it('counts nouns', () => {
    expect([plural(1, 'epoch'), plural(2000, 'epoch'), plural(2, 'class', 'classes')]).toEqual([
      '1 epoch',
      '2,000 epochs',
      '2 classes',
    ]);
  });
});
