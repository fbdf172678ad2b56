import { ArgumentError, DataError } from '@earlyexit/core';
import { type CachedLogits, softmax } from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits, checkProbability } from '../checks';

/** Prediction sets: an exit leaves possible the classes that no exit so far has found less probable than its floor. */
export interface NestedSets {
  /** One per exit, the final one last: probabilities. */
  readonly floors: readonly number[];
  /** One per exit: the temperatures of the probabilities. */
  readonly temperatures: readonly number[];
  /** The least share of samples whose right class is in the sets of all exits. */
  readonly coverage: number;
  /** How many samples it was promised on. */
  readonly samples: number;
  /** What is promised, in words. */
  readonly promise: string;
}

/**
 * Prediction sets that shrink from exit to exit: a class that one exit leaves out does not come back. Jazbec, Forré,
 * Mandt, Zhang and Nalisnick (arXiv 2311.05931) show that conformal sets made exit by exit are not nested, and that
 * intersecting them loses their coverage. Here the intersection itself is made conformal: a sample's score is the worst
 * rank of its right class at any exit, among the `fitted` samples, and the score's quantile on `promised` gives every
 * exit its floor. (For the paper's own sets, which rest on what the network believes, see `anytimeValidSets`.)
 *
 * For at least a share `coverage` of new samples drawn like `promised`, the right class is in the sets of all exits at
 * once, on average over draws of `promised` (split conformal prediction; Vovk, Gammerman and Shafer, 2005).
 *
 * @param fitted Labelled; gives the ranks.
 * @param promised Labelled; shares no sample with `fitted`.
 * @param options.coverage Between 0 and 1; 0.9 unless given.
 * @throws ArgumentError without labels, or for numbers out of range; DataError for too few samples.
 */
export function fitNestedSets(
  fitted: CachedLogits,
  promised: CachedLogits,
  options: { readonly coverage?: number; readonly temperatures?: readonly number[] } = {},
): NestedSets {
  const { coverage = 0.9, temperatures = fitted.exits.map(() => 1) } = options;
  const name = 'fitNestedSets';
  checkLabelled(fitted, name);
  checkLabelled(promised, name);
  checkProbability(coverage, name, 'coverage');
  const needed = Math.ceil(Number((coverage / (1 - coverage)).toPrecision(12)));
  if (promised.samples < needed) {
    throw new DataError({
      where: name,
      rule: `a coverage of ${coverage} needs at least ${needed} samples to promise on`,
      received: String(promised.samples),
    });
  }
  // For each exit the probabilities of the right classes, the largest first; a rank is a position in this list.
  const ladders = rightProbabilities(fitted, temperatures).map((own) => own.sort().reverse());
  const worst = new Int32Array(promised.samples);
  rightProbabilities(promised, temperatures).forEach((own, exit) => {
    own.forEach((probability, row) => {
      worst[row] = Math.max(worst[row]!, rankIn(ladders[exit]!, probability));
    });
  });
  const order = worst.sort();
  const position = Math.ceil(Number(((promised.samples + 1) * coverage).toPrecision(12)));
  const rank = order[position - 1]!;
  return {
    // Probabilities from the r-th largest down to just above the next have rank r.
    floors: ladders.map((ladder) => ladder[rank] ?? 0),
    temperatures,
    coverage,
    samples: promised.samples,
    promise:
      `On average over draws of ${promised.samples} calibration samples, the right class is in the sets of all exits ` +
      `for at least ${Number((100 * coverage).toPrecision(6))} % of the samples to come`,
  };
}

/**
 * The sets themselves.
 *
 * @returns `[exits][samples, classes]`, 1 where the class is in the exit's set; no set holds a class that an earlier
 * one lacks.
 * @throws ArgumentError unless there is one floor per exit
 */
export function nestedSets(
  { floors, temperatures }: Pick<NestedSets, 'floors' | 'temperatures'>,
  cached: CachedLogits,
): Uint8Array[] {
  checkLogits(cached, 'nestedSets');
  const { exits, classes, samples } = cached;
  if (floors.length !== exits.length) {
    throw new ArgumentError({
      function: 'nestedSets',
      argument: 'floors',
      rule: `one per exit, the final one included, so ${exits.length} here`,
      received: String(floors.length),
    });
  }
  const sets = new Uint8Array(samples * classes).fill(1);
  return exits.map((logits, exit) => {
    softmax(logits, classes, temperatures[exit]).forEach((probability, i) => {
      if (probability < floors[exit]!) sets[i] = 0;
    });
    return sets.slice();
  });
}

/** The share of samples whose right class is in the set of every exit, and the mean size of each exit's sets. */
export function setCoverage(
  sets: readonly Uint8Array[],
  labels: Int32Array,
  classes: number,
): { readonly coverage: number; readonly meanSizes: readonly number[] } {
  const covered = labels.reduce(
    (sum, label, row) => sum + Number(sets.every((ofExit) => ofExit[row * classes + label] === 1)),
    0,
  );
  return {
    coverage: covered / labels.length,
    meanSizes: sets.map((ofExit) => ofExit.reduce((sum, one) => sum + one, 0) / labels.length),
  };
}

/** `[exits][samples]`, the probability of the right class. */
function rightProbabilities(
  { exits, classes, labels }: CachedLogits,
  temperatures: readonly number[],
): Float64Array[] {
  return exits.map((logits, exit) => {
    const own = softmax(logits, classes, temperatures[exit]);
    return Float64Array.from(labels!, (label, row) => own[row * classes + label]!);
  });
}

/** How many values of a descending list are larger: 0 for the surest. */
function rankIn(ladder: Float64Array, probability: number): number {
  let low = 0;
  let high = ladder.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ladder[middle]! > probability) low = middle + 1;
    else high = middle;
  }
  return low;
}
