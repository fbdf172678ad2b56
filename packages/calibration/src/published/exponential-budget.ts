import { ArgumentError } from '@earlyexit/core';
import { type CachedLogits, evaluateExits, type ExitCosts, type Threshold } from '@earlyexit/exit-criteria';
import { countOff } from '../budgeted-protocol';
import { checkExitMacs, checkLabelled } from '../checks';
import { type OperatingPoint, operatingPointOf } from '../operating-points/operating-point';
import { playThresholds } from '../operating-points/play-exits';
import { checkAim, DEFAULT_AIM, type SearchAim } from '../search/search-aim';
import { pickCandidate } from './pick-candidate';

/** The result of a search under a budget; thresholds are on the largest probability. */
export interface BudgetSearch extends OperatingPoint {
  /** One per early exit. */
  readonly thresholds: readonly Threshold[];
  /** The share of samples meant to leave at each exit, the final one last; they sum to 1. */
  readonly shares: readonly number[];
  /** How much an exit's risk and cost count against an even spread. */
  readonly inverseTemperature: number;
  /** The final exit's accuracy on the same samples. */
  readonly finalAccuracy: number;
}

// From nearly even shares to nearly all at the exits that are best for their cost.
const INVERSE_TEMPERATURES = [1, 3, 10, 30, 100, 300];
const BUDGETS = 50;
const STEPS = 100;

/**
 * Shares of the samples that leave at each exit, by exponential weights: π_k ∝ exp(−β (risk_k + λ cost_k)), where λ ≥ 0
 * is the smallest that keeps the average cost within the budget. Of all such shares, these minimise the average risk
 * plus 1/β times the divergence from even shares.
 *
 * @param risks One per exit, its error if all samples leave there.
 * @param budget The largest average cost, in the unit of `exitMacs`.
 * @param inverseTemperature β, positive.
 * @throws ArgumentError for a budget below the first exit's cost, or parts that do not fit
 */
export function exponentialShares(
  risks: readonly number[],
  exitMacs: readonly number[],
  budget: number,
  inverseTemperature: number,
): number[] {
  checkExitMacs(exitMacs, risks.length, 'exponentialShares');
  if (!(budget >= exitMacs[0]! && inverseTemperature > 0)) {
    throw new ArgumentError({
      function: 'exponentialShares',
      argument: 'budget',
      rule: `at least what the first exit costs, ${exitMacs[0]!}, and a positive inverse temperature`,
      received: `${budget}, ${inverseTemperature}`,
    });
  }
  const dearest = exitMacs.at(-1)! || 1;
  const sharesAt = (price: number): number[] => {
    const logs = risks.map((risk, k) => -inverseTemperature * (risk + (price * exitMacs[k]!) / dearest));
    const most = Math.max(...logs);
    const weights = logs.map((log) => Math.exp(log - most));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  };
  const costOf = (shares: readonly number[]): number =>
    shares.reduce((sum, share, k) => sum + share * exitMacs[k]!, 0);
  if (costOf(sharesAt(0)) <= budget) return sharesAt(0);
  let high = 1;
  while (costOf(sharesAt(high)) > budget && high < 2 ** 60) high *= 2;
  let low = 0;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (costOf(sharesAt(middle)) > budget) low = middle;
    else high = middle;
  }
  return sharesAt(high);
}

/**
 * Early exit with a reject option (EERO; Valade, Hebiri and Gay, UAI 2025, arXiv 2402.03779): each exit is a classifier
 * that rejects the samples it is not sure of and passes them on. How many it keeps follows from its risk and cost by
 * aggregation with exponential weights under a budget (`exponentialShares`); it keeps the surest of those that are
 * left. The result is an ordinary policy on `max-probability`. Budget and inverse temperature are searched for the aim,
 * on the same samples; the paper's own rule for the latter is not followed.
 *
 * @param cached Labelled.
 * @throws ArgumentError for an aim that cannot be reached, or costs that do not fit; DataError without samples.
 */
export function searchExponentialBudget(
  cached: CachedLogits,
  {
    costs,
    aim = DEFAULT_AIM,
    temperatures,
  }: { readonly costs: ExitCosts; readonly aim?: SearchAim; readonly temperatures?: readonly number[] },
): BudgetSearch {
  const name = 'searchExponentialBudget';
  checkLabelled(cached, name);
  checkExitMacs(costs.exitMacs, cached.exits.length, name);
  checkAim(aim, costs);
  const { exits, labels, samples } = cached;
  const { exitMacs, staticMacs } = costs;
  const evaluations = evaluateExits(cached, 'max-probability', temperatures);
  const risks = evaluations.map(
    (exit) => exit.classes.reduce((sum, answer, row) => sum + Number(answer !== labels[row]), 0) / samples,
  );
  const finalAccuracy = 1 - risks.at(-1)!;
  const [cheapest, dearest] = [exitMacs[0]!, exitMacs.at(-1)!];
  const budgets = Array.from(
    { length: BUDGETS + 1 },
    (_, i) => cheapest + (i / BUDGETS) * (dearest - cheapest),
  );
  const judge = (
    thresholds: readonly Threshold[],
    shares: readonly number[],
    inverseTemperature: number,
  ): BudgetSearch => {
    const point = operatingPointOf(playThresholds(evaluations, thresholds, name), labels, costs);
    return { ...point, thresholds, shares, inverseTemperature, finalAccuracy };
  };
  const seen = new Set<string>();
  const candidates = [
    // Shares for the largest and the smallest possible budget.
    judge(
      exits.slice(1).map((): Threshold => 'never'),
      exits.map((_, k) => (k === exits.length - 1 ? 1 : 0)),
      Infinity,
    ),
    judge(
      exits.slice(1).map((): Threshold => 'always'),
      exits.map((_, k) => (k === 0 ? 1 : 0)),
      Infinity,
    ),
    ...INVERSE_TEMPERATURES.flatMap((inverseTemperature) =>
      budgets.flatMap((budget) => {
        const shares = exponentialShares(risks, exitMacs, budget, inverseTemperature);
        const key = shares.map((share) => Math.floor(share * samples)).join();
        if (seen.has(key)) return [];
        seen.add(key);
        return [judge(countOff(evaluations, shares), shares, inverseTemperature)];
      }),
    ),
  ];
  return pickCandidate(candidates, aim, finalAccuracy, staticMacs);
}
