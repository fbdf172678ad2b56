import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  countOrShare,
  listOf,
  numberBetween,
  oneOf,
  positiveNumber,
  threshold,
  wholeNumber,
} from './option-values';

const accepts = (schema: z.ZodType, values: readonly unknown[]): boolean[] =>
  values.map((value) => schema.safeParse(value).success);

describe('option values', () => {
  it('reads text and numbers alike', () => {
    expect(wholeNumber().parse('12')).toBe(12);
    expect(wholeNumber().parse(12)).toBe(12);
    expect(listOf(threshold()).parse(['0.5', 'never', 0.7])).toEqual([0.5, 'never', 0.7]);
    expect(listOf(threshold()).parse('always')).toEqual(['always']);
  });

  it('refuses what is no number of the kind', () => {
    const odd = ['', ' ', 'x', '0x10', 'NaN', 'Infinity', '1e999', true, null, undefined, {}];
    for (const schema of [
      wholeNumber(),
      positiveNumber(),
      numberBetween(0, 1),
      countOrShare(),
      threshold(),
    ]) {
      expect(accepts(schema, odd)).toEqual(odd.map(() => false));
    }
    expect(accepts(wholeNumber(1), ['0', '1', '1.5', '-1'])).toEqual([false, true, false, false]);
    expect(accepts(numberBetween(0, 1, false), ['0', '0.999', '1', '-0.1'])).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(accepts(countOrShare(), ['0', '0.1', '5000', '1.5'])).toEqual([true, true, true, false]);
  });

  it('suggests the nearest name', () => {
    const result = oneOf(['joint', 'frozen']).safeParse('frozn');
    expect(result.error?.issues[0]).toMatchObject({
      message: 'it is one of joint, frozen',
      params: { remedy: 'Did you mean frozen' },
    });
  });
});
