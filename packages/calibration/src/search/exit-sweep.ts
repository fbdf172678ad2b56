import type { Threshold } from '@earlyexit/exit-criteria';
import type { ScoredExit } from './scored-exits';

/**
 * What happens at one exit as its threshold moves from letting no sample leave (position 0) to letting all leave
 * (position `steps`). Between two positions, samples whose scores are equal except for rounding change sides together,
 * because no threshold should separate them.
 */
export interface ExitSweep {
  readonly steps: number;
  /** `[steps + 1]`, the events of step s are those from starts[s] to starts[s + 1]. */
  readonly starts: Int32Array;
  /** `[events]`, the sample that changes sides. */
  readonly samples: Int32Array;
  /** `[events]`, 1 if it begins to leave, 0 if it stops (only a two-sided rule, `unique-above`, has such events). */
  readonly begins: Uint8Array;
  /** `[samples]`, a sample leaves at the positions from[i] ≤ position < until[i], and at the last one. */
  readonly from: Int32Array;
  readonly until: Int32Array;
  /** `[steps]`, the first and the last of the scores at which each step happens, in the order of the steps. */
  readonly values: Float64Array;
  readonly lastValues: Float64Array;
  /** Whether the steps go from low scores to high ones. */
  readonly rising: boolean;
  /** Whether a sample that leaves goes on leaving at every later position. */
  readonly monotonic: boolean;
}

// Later than any position.
const NO_END = 2 ** 31 - 1;

// The precision of a score in float64: two rows with the same logits in another order may differ by this much.
const RELATIVE_ROUNDING = 1e-12;
const ABSOLUTE_ROUNDING = 1e-15;

/** Whether two scores differ by no more than rounding, which must not decide anything. */
export function areAlike(a: number, b: number): boolean {
  return (
    a === b || Math.abs(a - b) <= RELATIVE_ROUNDING * Math.min(Math.abs(a), Math.abs(b)) + ABSOLUTE_ROUNDING
  );
}

/** Whether `sample` leaves at `position`. */
export function leavesAt(sweep: ExitSweep, sample: number, position: number): boolean {
  return position === sweep.steps || (position >= sweep.from[sample]! && position < sweep.until[sample]!);
}

/** The sweep of one exit, from the scores of its samples. */
export function createExitSweep(
  surerIs: 'lower' | 'higher',
  { scores, runnerUps }: Pick<ScoredExit, 'scores' | 'runnerUps'>,
): ExitSweep {
  const count = scores.length;
  const monotonic = runnerUps === null;
  // Under a two-sided rule a sample leaves from its runner-up on and is held back again from its score on.
  const eventValues = monotonic ? scores : Float64Array.from([...runnerUps, ...scores]);
  const rising = !monotonic || surerIs === 'lower';
  const order = Int32Array.from(eventValues, (_, event) => event);
  order.sort((a, b) => (rising ? 1 : -1) * (eventValues[a]! - eventValues[b]!));

  const samples: number[] = [];
  const begins: number[] = [];
  const starts: number[] = [];
  const values: number[] = [];
  const lastValues: number[] = [];
  const from = new Int32Array(count);
  const until = new Int32Array(count).fill(NO_END);
  for (const event of order) {
    const value = eventValues[event]!;
    if (values.length === 0 || !areAlike(value, lastValues.at(-1)!)) {
      starts.push(samples.length);
      values.push(value);
    }
    lastValues[values.length - 1] = value;
    // After the first step comes position 1.
    if (event < count) from[event] = values.length;
    else until[event - count] = values.length;
    samples.push(event % count);
    begins.push(event < count ? 1 : 0);
  }
  if (!monotonic) {
    // Above every output no sample leaves; 'always' is a separate step, at no score.
    starts.push(samples.length);
    values.push(Infinity);
    lastValues.push(Infinity);
    for (let sample = 0; sample < count; sample++) {
      samples.push(sample);
      begins.push(1);
    }
  }
  starts.push(samples.length);
  return {
    steps: values.length,
    starts: Int32Array.from(starts),
    samples: Int32Array.from(samples),
    begins: Uint8Array.from(begins),
    from,
    until,
    values: Float64Array.from(values),
    lastValues: Float64Array.from(lastValues),
    rising,
    monotonic,
  };
}

/** The threshold that puts an exit at `position`: midway between the two scores that it separates. */
export function thresholdAt(sweep: ExitSweep, position: number): Threshold {
  const { steps, values, lastValues, monotonic } = sweep;
  if (position === steps) return 'always';
  if (position === 0 || (!monotonic && position === steps - 1)) return 'never';
  const a = lastValues[position - 1]!;
  const b = values[position]!;
  return midway(Math.min(a, b), Math.max(a, b), monotonic ? 'upper' : 'lower');
}

/** The position at which `threshold` puts an exit: after all the steps that happen before it. */
export function positionOf(sweep: ExitSweep, threshold: Threshold): number {
  const { steps, values, rising, monotonic } = sweep;
  if (threshold === 'never') return 0;
  if (threshold === 'always') return steps;
  let low = 0;
  let high = steps;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = values[middle]!;
    // A one-sided rule lets score < t or score ≥ t leave; a two-sided one changes at t ≥ value.
    const passed = rising ? (monotonic ? value < threshold : value <= threshold) : value >= threshold;
    if (passed) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A finite number between two different scores. Adjacent floating-point numbers have none between them; then it is
 * `inclusive`, the one at which the rule still separates them.
 */
export function midway(lower: number, upper: number, inclusive: 'lower' | 'upper'): number {
  if (lower === -Infinity) return upper - Math.max(1, Math.abs(upper));
  if (upper === Infinity) return lower + Math.max(1, Math.abs(lower));
  const middle = lower + (upper - lower) / 2;
  if (middle > lower && middle < upper) return middle;
  return inclusive === 'lower' ? lower : upper;
}
