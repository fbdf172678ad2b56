import { describe, expect, it } from 'vitest';
import { type Axis, reaching, stretches } from './windows';

/** Every axis with small sizes. */
function* axes(): Generator<Axis> {
  for (let inputs = 1; inputs <= 6; inputs++) {
    for (let filter = 1; filter <= 4; filter++) {
      for (let stride = 1; stride <= 3; stride++) {
        for (let padding = 0; padding <= 4; padding++) {
          for (let outputs = 1; outputs <= 7; outputs++) yield { outputs, inputs, filter, stride, padding };
        }
      }
    }
  }
}

const isInside = ({ inputs, stride, padding }: Axis, output: number, tap: number): boolean => {
  const at = output * stride - padding + tap;
  return at >= 0 && at < inputs;
};

describe('stretches', () => {
  it('name for every window the taps that lie inside', () => {
    for (const axis of axes()) {
      let next = 0;
      for (const { start, count, first, end } of stretches(axis)) {
        expect(start).toBe(next);
        next += count;
        for (let output = start; output < next; output++) {
          const taps = Array.from({ length: axis.filter }, (_, tap) => tap).filter((tap) =>
            isInside(axis, output, tap),
          );
          expect(Array.from({ length: end - first }, (_, i) => first + i)).toEqual(taps);
        }
      }
      expect(next).toBe(axis.outputs);
    }
  });
});

describe('reaching', () => {
  it('finds the windows that a range of taps is needed for', () => {
    for (const axis of axes()) {
      for (let first = 0; first < axis.filter; first++) {
        for (let last = first; last < axis.filter; last++) {
          const { start, end } = reaching(axis, first, last);
          const expected = Array.from({ length: axis.outputs }, (_, output) => output).filter((output) =>
            Array.from({ length: last - first + 1 }, (_, i) => first + i).some((tap) =>
              isInside(axis, output, tap),
            ),
          );
          // A tap that jumps over a short image leaves holes; then more is done than needed, never less.
          const found = Array.from({ length: end - start }, (_, i) => start + i);
          expect(expected.every((output) => found.includes(output))).toBe(true);
          if (expected.length > 0) expect([found[0], found.at(-1)]).toEqual([expected[0], expected.at(-1)]);
        }
      }
    }
  });
});
