import {
  argmaxRows,
  type CachedLogits,
  type CriterionName,
  DEFAULT_CRITERION,
  evaluateExits,
  type ExitCosts,
  listCriteria,
} from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled } from '../checks';
import { type OperatingPoint, operatingPointOf } from './operating-point';

/** Which answers an oracle may give. */
export interface OracleOptions {
  /**
   * The criteria to bound. Under most an exit answers for itself, under `ensemble` for all exits so far. Unless given,
   * one of the first kind and all others.
   */
  readonly criteria?: readonly CriterionName[];
  /** One per exit, the final one included; they change the answers of `ensemble`. 1 everywhere unless given. */
  readonly temperatures?: readonly number[];
}

/**
 * The bound that no policy with these exits and criteria can beat: every sample leaves at the cheapest exit at which
 * some criterion gives the right answer, and at the first one if there is none. It looks at the labels, so it is a
 * bound, not a policy. Name a policy's criterion for a tighter bound on that policy.
 *
 * @throws ArgumentError without labels or if the costs do not fit; DataError for logits that are not finite.
 */
export function oracle(
  cached: CachedLogits,
  costs: Pick<ExitCosts, 'exitMacs'>,
  { criteria = everyKind(), temperatures }: OracleOptions = {},
): OperatingPoint {
  checkLabelled(cached, 'oracle');
  checkExitMacs(costs.exitMacs, cached.exits.length, 'oracle');
  const { samples, labels } = cached;
  const answers = criteria.map((criterion) =>
    evaluateExits(cached, criterion, temperatures).map(({ classes }) => classes),
  );
  const exitIndex = new Int32Array(samples);
  const classes = new Int32Array(samples);
  labels.forEach((label, row) => {
    const exit = costs.exitMacs.findIndex((_, k) => answers.some((ofExits) => ofExits[k]![row] === label));
    exitIndex[row] = Math.max(0, exit);
    classes[row] = exit < 0 ? -1 : label;
  });
  return operatingPointOf({ exitIndex, classes }, labels, costs);
}

/**
 * Each exit used alone: all samples leave there, with every head on the way paid for. The lines between
 * neighbouring points are what choosing exits at random gives, and what a criterion has to beat.
 *
 * @throws ArgumentError without labels, or for costs that do not fit
 */
export function eachExitAlone(cached: CachedLogits, costs: Pick<ExitCosts, 'exitMacs'>): OperatingPoint[] {
  checkLabelled(cached, 'eachExitAlone');
  checkExitMacs(costs.exitMacs, cached.exits.length, 'eachExitAlone');
  const { labels } = cached;
  return cached.exits.map((logits, exit) => {
    const classes = argmaxRows(logits, cached.classes);
    return operatingPointOf({ exitIndex: classes.map(() => exit), classes }, labels, costs);
  });
}

/** Criteria whose exits give every answer that any criterion gives. */
function everyKind(): CriterionName[] {
  const others = listCriteria().filter(
    ({ answersWith, needsLabels }) => answersWith !== 'logits' && !needsLabels,
  );
  return [DEFAULT_CRITERION, ...others.map(({ name }) => name)];
}
