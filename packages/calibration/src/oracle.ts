import { argmaxRows, type CachedLogits } from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled } from './checks';

/** An accuracy (a fraction from 0 to 1) and what it costs, in multiply-accumulates a sample on average. */
export interface OperatingPoint {
  readonly top1: number;
  readonly averageMacs: number;
}

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
  const { samples, labels, classes } = cached;
  const answers = cached.exits.map((logits) => argmaxRows(logits, classes));
  let right = 0;
  let macs = 0;
  for (let row = 0; row < samples; row++) {
    const exit = answers.findIndex((answer) => answer[row] === labels[row]);
    right += exit < 0 ? 0 : 1;
    macs += exitMacs[Math.max(0, exit)]!;
  }
  return { top1: right / samples, averageMacs: macs / samples };
}

/**
 * Each exit used alone: all samples leave there, with every head on the way paid for. The lines between
 * neighbouring points are what choosing exits at random gives, and what a criterion has to beat.
 */
export function eachExitAlone(cached: CachedLogits, exitMacs: readonly number[]): OperatingPoint[] {
  checkLabelled(cached, 'eachExitAlone');
  checkExitMacs(exitMacs, cached.exits.length, 'eachExitAlone');
  return cached.exits.map((logits, exit) => {
    const answers = argmaxRows(logits, cached.classes);
    const right = answers.reduce((sum, answer, row) => sum + (answer === cached.labels[row] ? 1 : 0), 0);
    return { top1: right / cached.samples, averageMacs: exitMacs[exit]! };
  });
}
