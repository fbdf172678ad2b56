import { argmaxRows, type CachedLogits } from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled } from '../checks';
import { type OperatingPoint, operatingPointOf } from './operating-point';

/**
 * What nobody can beat with these exits: every sample leaves at the cheapest exit whose own answer is right, and at
 * the first one if none is. It looks at the labels, so it is a bound and no policy.
 *
 * @param exitMacs Cumulative cost of leaving, one an exit, the final one last.
 * @throws ArgumentError without labels or if the costs do not fit; DataError for logits that are not finite.
 */
export function oracle(cached: CachedLogits, exitMacs: readonly number[]): OperatingPoint {
  checkLabelled(cached, 'oracle');
  checkExitMacs(exitMacs, cached.exits.length, 'oracle');
  const { samples, labels } = cached;
  const answers = cached.exits.map((logits) => argmaxRows(logits, cached.classes));
  const exitIndex = new Int32Array(samples).map((_, row) =>
    Math.max(
      0,
      answers.findIndex((answer) => answer[row] === labels[row]),
    ),
  );
  const classes = exitIndex.map((exit, row) => answers[exit]![row]!);
  return operatingPointOf({ exitIndex, classes }, labels, exitMacs);
}

/**
 * Each exit used alone: all samples leave there, with every head on the way paid for. The lines between
 * neighbouring points are what choosing exits at random gives, and what a criterion has to beat.
 */
export function eachExitAlone(cached: CachedLogits, exitMacs: readonly number[]): OperatingPoint[] {
  checkLabelled(cached, 'eachExitAlone');
  checkExitMacs(exitMacs, cached.exits.length, 'eachExitAlone');
  const { labels } = cached;
  return cached.exits.map((logits, exit) => {
    const classes = argmaxRows(logits, cached.classes);
    return operatingPointOf({ exitIndex: classes.map(() => exit), classes }, labels, exitMacs);
  });
}
