import type { ActivationRange } from './activation-range';

/** How a range is chosen from the values that a tensor took. */
export type RangeMethod = 'min-max' | 'percentile' | 'mse';

/** Fine enough for a bin to be a small part of one of the 256 steps even when most of the range is cut off. */
const BINS = 4096;
/** The share of the values that `percentile` keeps. */
const KEPT = 0.9999;
/** How finely `mse` tries smaller ranges. */
const TRIES = 100;

/** How often a tensor took which values. */
export class Histogram {
  readonly #range: ActivationRange;
  readonly #counts = new Float64Array(BINS);

  /** @param range has to contain every value that will be counted */
  constructor(range: ActivationRange) {
    this.#range = range;
  }

  /** Counts values. */
  add(values: Float32Array): void {
    const { min } = this.#range;
    const perUnit = BINS / this.#width;
    for (const value of values) {
      const bin = Math.floor((value - min) * perUnit);
      // NaN fails this comparison too, so it is not counted.
      if (bin >= 0) this.#counts[bin < BINS ? bin : BINS - 1]! += 1;
    }
  }

  /** The range to cover. */
  choose(method: RangeMethod): ActivationRange {
    if (method === 'min-max' || this.#range.max <= this.#range.min) return this.#range;
    return method === 'percentile' ? this.#percentile() : this.#leastSquares();
  }

  get #width(): number {
    return Math.max(this.#range.max - this.#range.min, Number.MIN_VALUE);
  }

  #valueAt(bin: number): number {
    return this.#range.min + ((bin + 0.5) * this.#width) / BINS;
  }

  /** Leaves out equally many values at either end. */
  #percentile(): ActivationRange {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const dropped = (total * (1 - KEPT)) / 2;
    let low = 0;
    for (let left = this.#counts[0]!; left <= dropped && low < BINS - 1; left += this.#counts[low]!) low++;
    let high = BINS - 1;
    for (let left = this.#counts[high]!; left <= dropped && high > low; left += this.#counts[high]!) high--;
    const step = this.#width / BINS;
    return { min: this.#range.min + low * step, max: this.#range.min + (high + 1) * step };
  }

  /** The part of the range, shrunk towards zero, whose 256 steps come closest to the values in the mean square. */
  #leastSquares(): ActivationRange {
    const min = Math.min(this.#range.min, 0);
    const max = Math.max(this.#range.max, 0);
    let best = { min, max };
    let least = Infinity;
    for (let attempt = TRIES; attempt > 0; attempt--) {
      const range = { min: (min * attempt) / TRIES, max: (max * attempt) / TRIES };
      const step = (range.max - range.min) / 255;
      let error = 0;
      for (let bin = 0; bin < BINS && error < least; bin++) {
        const count = this.#counts[bin]!;
        if (count === 0) continue;
        const value = this.#valueAt(bin);
        const outside = value > range.max ? value - range.max : value < range.min ? range.min - value : 0;
        // Zero is stored exactly; a value between two steps is off by step / √12 on average.
        const rounding = Math.abs(value) < this.#width / BINS ? 0 : (step * step) / 12;
        error += count * (outside > 0 ? outside * outside : rounding);
      }
      if (error < least) {
        least = error;
        best = range;
      }
    }
    return best;
  }
}
