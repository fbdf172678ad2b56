import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logitContrast } from './logit-contrast';

it('is the spread of the logits within a row', () => {
  expect(logitContrast(Float64Array.of(1, -1, 5, 3), 2)).toBeCloseTo(1, 12);
  expect(logitContrast(Float32Array.of(0.1, 0.1, 0.1), 3)).toBe(0);
  expect(logitContrast(new Float32Array(), 3)).toBe(0);
});

it('grows with the unit and ignores what is added to a row', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 6, maxLength: 6 }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (values, unit) => {
        const own = logitContrast(Float64Array.from(values), 3);
        const moved = Float64Array.from(values, (value, i) => unit * value + (i < 3 ? 7 : -2));
        expect(logitContrast(moved, 3)).toBeCloseTo(unit * own, 6);
      },
    ),
  );
});
