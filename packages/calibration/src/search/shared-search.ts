import { type Frontier, record } from './frontier';
import { exitOf, type SearchProblem } from './search-problem';

/**
 * Weighs every threshold that all exits could share: one walk from letting no sample leave to letting all leave, which
 * passes each score once, at the exit it belongs to.
 */
export function sharedSearch(problem: SearchProblem, frontier: Frontier): void {
  const { samples, sweeps, correct, macs } = problem;
  const final = sweeps.length;
  const positions = new Int32Array(final);
  const leaving = new Int8Array(samples).fill(final);
  let cost = samples * macs[final]!;
  let right = 0;
  for (let sample = 0; sample < samples; sample++) right += correct[final * samples + sample]!;
  record(frontier, right, cost, positions);

  for (let value = nextValue(problem, positions); value !== null; value = nextValue(problem, positions)) {
    // The threshold is one number, so everything that happens at this score happens at once.
    const moved = sweeps.flatMap(({ values }, exit) => (values[positions[exit]!] === value ? [exit] : []));
    for (const exit of moved) positions[exit]!++;
    for (const exit of moved) {
      const { starts, samples: movers } = sweeps[exit]!;
      const step = positions[exit]! - 1;
      for (let event = starts[step]!; event < starts[step + 1]!; event++) {
        const sample = movers[event]!;
        const before = leaving[sample]!;
        const now = exitOf(problem, sample, positions);
        cost += macs[now]! - macs[before]!;
        right += correct[now * samples + sample]! - correct[before * samples + sample]!;
        leaving[sample] = now;
      }
    }
    record(frontier, right, cost, positions);
  }
}

/** The score at which the next exit takes its next step; `null` when all have taken their last. */
function nextValue({ sweeps }: SearchProblem, positions: Int32Array): number | null {
  let next: number | null = null;
  sweeps.forEach(({ steps, values, rising }, exit) => {
    const position = positions[exit]!;
    if (position === steps) return;
    const value = values[position]!;
    if (next === null || (rising ? value < next : value > next)) next = value;
  });
  return next;
}
