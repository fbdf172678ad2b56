import { describe, expect, it } from 'vitest';
import { parseThreshold, thresholdFromJson, thresholdToJson } from './threshold';

describe('parseThreshold', () => {
  it.each([
    ['0.4', 0.4],
    ['-3', -3],
    ['1e-4', 1e-4],
    [' never ', 'never'],
    ['always', 'always'],
  ])('reads %j', (text, expected) => {
    expect(parseThreshold(text)).toBe(expected);
  });

  it.each(['', 'NaN', 'Infinity', 'abc', '0.4,0.5', 'Never', '1.2.3'])('refuses %j', (text) => {
    expect(() => parseThreshold(text)).toThrow('a finite number, never or always');
  });
});

describe('JSON', () => {
  it.each([0.4, 'never', 'always'] as const)('carries %j there and back', (threshold) => {
    const json = JSON.stringify(thresholdToJson(threshold));
    expect(thresholdFromJson(JSON.parse(json))).toBe(threshold);
  });

  it('writes never as null', () => {
    expect(thresholdToJson('never')).toBeNull();
  });

  it.each([undefined, 'never', NaN, Infinity, '0.4', {}, true])('refuses %j', (value) => {
    expect(() => thresholdFromJson(value)).toThrow('null for never');
  });
});
