import {
  type CachedLogits,
  type CriterionName,
  evaluateExits,
  type ExitCosts,
  getCriterion,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled, checkLogits } from '../checks';
import { type ExitLoss, exitLosses, leavingExits } from './exit-losses';
import { doubtSteps, sharedThresholdPath, thresholdOfDoubt, type ThresholdPath } from './threshold-path';

/** Options of `fittedPath`. */
export interface FittedPathOptions {
  readonly criterion: CriterionName;
  /** One per exit, the final one included. */
  readonly temperatures: readonly number[];
  /** What leaving costs, with every head on the way. */
  readonly costs: ExitCosts;
  /** What is to be promised. */
  readonly loss: ExitLoss;
  /** The largest risk allowed: the path is built to save most around it. */
  readonly risk: number;
}

// How much stricter or more lenient one exit may be than another, in factors of doubt.
const FACTORS = [0.03, 0.1, 0.3, 0.5, 0.7, 1.4, 2, 3, 10, 30];
// The share of the cost that a change has to save on a few hundred samples; less may be chance.
const WORTH = 0.03;
// A path is made for risks around the one allowed: on few samples a single one means little.
const RISKS_AROUND = [0.5, 0.75, 1, 1.5];
const ROUNDS = 2;
// Every fourth step shows what saves cost as well as all of them do.
const STRIDE = 4;
// By how many standard errors a later step has to be better for the steps between to be skipped.
const CLEARLY = 2;

/**
 * A path of thresholds from strict to lenient, fitted on other samples than those a promise is made on.
 *
 * It begins with `sharedThresholdPath`, the same doubt at all exits, and gives an exit its own doubt, a fixed multiple
 * of the others', where that clearly saves cost at the risk allowed. Where the risk rises along the path and clearly
 * falls again at lower cost, the steps between are left out, so that a walk gets past them. Little is clear on a few
 * hundred samples, so a path is never far worse than the shared one; steps as fine as the frontier of the same samples
 * (`frontierPath`) would follow their noise.
 *
 * For criteria without a scale known beforehand, doubt is the share of samples that are surer. Scores that are counts
 * (`patience`) take the shared path.
 *
 * @param fitted Samples that no promise on this path is made on; labelled for `gap`.
 * @throws ArgumentError for `gap` without labels, or costs that do not fit; DataError without samples.
 */
export function fittedPath(fitted: CachedLogits, options: FittedPathOptions): ThresholdPath {
  const { criterion: name, temperatures, costs, loss, risk } = options;
  const where = 'fittedPath';
  if (loss === 'gap') checkLabelled(fitted, where);
  else checkLogits(fitted, where);
  checkExitMacs(costs.exitMacs, fitted.exits.length, where);
  const earlyExits = fitted.exits.length - 1;
  const evaluations = evaluateExits(fitted, name, temperatures);
  const criterion = getCriterion(name);
  const losses = exitLosses(evaluations, loss, fitted.labels);
  const exits = new Int8Array(fitted.samples);
  const look = (thresholds: readonly Threshold[]): Int8Array =>
    leavingExits(criterion, evaluations, thresholds, exits);
  const clear = (path: ThresholdPath): ThresholdPath =>
    passBumps(passDearer(path, look, costs.exitMacs), look, losses);
  if (criterion.scale?.kind === 'count') {
    return clear(sharedThresholdPath(name, { classes: fitted.classes, earlyExits }));
  }

  const thresholdAt = thresholdOfDoubt(name, fitted.classes, evaluations);
  const doubts = doubtSteps();
  const coarse = doubts.filter((_, step) => step % STRIDE === 0);
  const pathOf = (ratios: readonly number[], steps = doubts): Threshold[][] => {
    // That of the strictest exit, so that every exit ends up letting all samples leave.
    const strictest = Math.min(...ratios);
    return steps.map((doubt) =>
      ratios.map((ratio, exit) => thresholdAt(exit, Math.min(1, (doubt * ratio) / strictest))),
    );
  };
  let ratios: readonly number[] = Array<number>(earlyExits).fill(1);
  if (earlyExits > 1) {
    const costAt = (candidate: readonly number[]): number =>
      costAround(pathOf(candidate, coarse), risk, look, losses, costs.exitMacs);
    let cost = costAt(ratios);
    let before: readonly number[] | null = null;
    for (let round = 0; round < ROUNDS && before !== ratios; round++) {
      before = ratios;
      // Only the ratios between the exits' doubts matter, so the last one can stay as it is.
      for (let exit = 0; exit < earlyExits - 1; exit++) {
        const from = ratios;
        for (const factor of FACTORS) {
          const candidate = from.map((ratio, i) => (i === exit ? ratio * factor : ratio));
          const found = costAt(candidate);
          if (found < cost * (1 - (ratios === from ? WORTH : 0))) {
            cost = found;
            ratios = candidate;
          }
        }
      }
    }
  }
  return clear(pathOf(ratios));
}

/** The summed cost of the last steps before the mean loss exceeds the risks around the one allowed. */
function costAround(
  path: ThresholdPath,
  risk: number,
  look: (thresholds: readonly Threshold[]) => Int8Array,
  losses: readonly Int8Array[],
  exitMacs: readonly number[],
): number {
  const dearest = exitMacs.at(-1)!;
  const reached = RISKS_AROUND.map(() => dearest);
  const open = RISKS_AROUND.map(() => true);
  for (let step = 0; step < path.length && open.includes(true); step++) {
    const exits = look(path[step]!);
    let lost = 0;
    let macs = 0;
    for (let row = 0; row < exits.length; row++) {
      lost += losses[exits[row]!]![row]!;
      macs += exitMacs[exits[row]!]!;
    }
    RISKS_AROUND.forEach((factor, i) => {
      if (!open[i]) return;
      if (lost > factor * risk * exits.length) open[i] = false;
      else reached[i] = macs / exits.length;
    });
  }
  return reached.reduce((sum, cost) => sum + cost, 0);
}

/**
 * Leaves out the steps that cost more than an earlier one: with `unique-above` a more lenient threshold may hold more
 * samples back.
 */
function passDearer(
  path: ThresholdPath,
  look: (thresholds: readonly Threshold[]) => Int8Array,
  exitMacs: readonly number[],
): ThresholdPath {
  let least = Infinity;
  return path.filter((thresholds) => {
    const macs = look(thresholds).reduce((sum, exit) => sum + exitMacs[exit]!, 0);
    if (macs > least) return false;
    least = macs;
    return true;
  });
}

/** Leaves out the steps for which a later, cheaper one clearly loses less. */
function passBumps(
  path: ThresholdPath,
  look: (thresholds: readonly Threshold[]) => Int8Array,
  losses: readonly Int8Array[],
): ThresholdPath {
  const lossesAt = (thresholds: readonly Threshold[]): Int8Array =>
    look(thresholds).map((exit, row) => losses[exit]![row]!);
  let best: Int8Array | null = null;
  let least = Infinity;
  const kept: (readonly Threshold[])[] = [];
  for (const thresholds of [...path].reverse()) {
    const own = lossesAt(thresholds);
    if (best === null || !isClearlyWorse(own, best)) kept.push(thresholds);
    const sum = own.reduce((total, value) => total + value, 0);
    if (sum > least) continue;
    least = sum;
    best = own;
  }
  return kept.reverse();
}

/** Whether the first losses are larger on average, by more than chance allows on the same samples. */
function isClearlyWorse(first: Int8Array, second: Int8Array): boolean {
  let difference = 0;
  let squares = 0;
  for (let row = 0; row < first.length; row++) {
    const own = first[row]! - second[row]!;
    difference += own;
    squares += own * own;
  }
  return difference > CLEARLY * Math.sqrt(squares) && squares > 0;
}
