import { describe, expect, it } from 'vitest';
import { minimize, type SmoothFunction } from './minimize';

describe('minimize', () => {
  it('finds the bottom of a stretched bowl', () => {
    const bowl: SmoothFunction = (point, gradient) => {
      let value = 0;
      point.forEach((x, i) => {
        const weight = 10 ** i;
        value += (weight * (x - i) ** 2) / 2;
        gradient[i] = weight * (x - i);
      });
      return value;
    };
    const { point, converged } = minimize(bowl, new Float64Array(5));
    expect(converged).toBe(true);
    point.forEach((x, i) => expect(x).toBeCloseTo(i, 7));
  });

  it('follows Rosenbrock’s valley to its end', () => {
    const valley: SmoothFunction = (point, gradient) => {
      const [x, y] = [point[0]!, point[1]!];
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
      gradient[1] = 200 * (y - x * x);
      return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    };
    const { point, converged } = minimize(valley, Float64Array.of(-1.2, 1));
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 5);
    expect(point[1]).toBeCloseTo(1, 5);
  });

  it('says so when there is no bottom', () => {
    const slide: SmoothFunction = (point, gradient) => {
      gradient[0] = -1;
      return -point[0]!;
    };
    expect(minimize(slide, Float64Array.of(0)).converged).toBe(false);
  });

  it('leaves the start alone', () => {
    const start = Float64Array.of(3);
    minimize((point, gradient) => ((gradient[0] = 2 * point[0]!), point[0]! ** 2), start);
    expect(start[0]).toBe(3);
  });
});
