import { exitOf, type SearchProblem } from './search-problem';

/** The guarantee that comes with a choice, in words. */
export function describeGuarantee(problem: SearchProblem, exact: boolean): string {
  const { samples, sweeps } = problem;
  if (exact) {
    return `Exact on these ${samples} samples: no thresholds are as accurate for less, nor more accurate at this cost`;
  }
  return (
    `On these ${samples} samples never worse than the best threshold shared by all ${sweeps.length} exits, and no ` +
    'change of a single exit was found to improve it; a better combination may exist'
  );
}

/** Notes on the exits at their positions. */
export function describeChoice(problem: SearchProblem, positions: Int32Array): string[] {
  const { samples, sweeps } = problem;
  const taken = new Int32Array(sweeps.length + 1);
  for (let sample = 0; sample < samples; sample++) taken[exitOf(problem, sample, positions)]!++;
  const notes = sweeps.flatMap(({ starts, monotonic }, exit) => {
    const inseparable = monotonic && starts.length === 2 && samples > 1;
    return [
      ...(inseparable ? [`Exit ${exit} gives every sample the same score: no threshold separates them`] : []),
      ...(taken[exit] === 0 ? [`No sample leaves at exit ${exit}`] : []),
    ];
  });
  const only = taken.findIndex((count) => count === samples);
  if (only < 0) return notes;
  const name = only === sweeps.length ? 'the final exit' : `exit ${only}`;
  return [...notes, `Every sample leaves at ${name}`];
}

/**
 * The lowest conceivable summed cost of `right` right answers: all samples leave at the first exit, except as many as
 * must be right at a later one, and these are the ones for which that is cheapest.
 */
export function lowestCost({ correct, samples, macs }: SearchProblem, right: number): number {
  const extra: number[] = [];
  let free = 0;
  for (let sample = 0; sample < samples; sample++) {
    let exit = 0;
    while (exit < macs.length && correct[exit * samples + sample] === 0) exit++;
    if (exit === 0) free++;
    else if (exit < macs.length) extra.push(macs[exit]! - macs[0]!);
  }
  extra.sort((a, b) => a - b);
  return extra.slice(0, Math.max(0, right - free)).reduce((sum, cost) => sum + cost, samples * macs[0]!);
}
