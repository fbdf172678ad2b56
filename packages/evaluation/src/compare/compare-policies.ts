import {
  comparePaired,
  fitExitAccuracies,
  fitScheduler,
  holmAdjusted,
  oracle,
  type PairedComparison,
  type PolicyOutcome,
  searchAccuracyExits,
  searchExponentialBudget,
  searchMostConfidentThresholds,
  searchProductThresholds,
  searchSchedulerThresholds,
  searchThresholds,
  simulateAccuracyExits,
  simulateMostConfident,
  simulateProduct,
  simulateScheduler,
  type SearchAim,
  splitSamples,
  type ThresholdSearch,
} from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import {
  type CachedLogits,
  type CriterionName,
  listCriteria,
  type ExitCosts,
  type ExitCriterion,
  simulate,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import { nextTurn } from '../next-turn';
import { policyOutcome } from './policy-outcome';
import { type AnswerEvaluation, evaluateAnswers } from '../evaluate/evaluate-answers';
import type { EvaluationDocument, EvaluationOrigin } from '../evaluate/evaluation-document';
import { evaluatePolicy } from '../evaluate/evaluate-policy';
import { INTERVAL_CONFIDENCE } from '../evaluate/evaluation-intervals';

/**
 * A policy that is not a criterion: EENet's scheduler, SDN's surest of all exits, PCEE's accuracy for a threshold,
 * EERO's budget, and product-anytime.
 */
export type OtherPolicy =
  'scheduler' | 'most-confident' | 'accuracy-controlled' | 'exponential-budget' | 'product-anytime';

/** One row of the comparison: an evaluation on the test split, and where its thresholds come from. */
export type ComparedPolicy = AnswerEvaluation &
  Pick<EvaluationDocument, 'thresholds'> & {
    /** A criterion, or another policy of the literature. */
    readonly criterion: CriterionName | OtherPolicy;
    /** How it differs from `max-probability` on the same samples; null for that itself. */
    readonly against: PairedComparison | null;
    /**
     * Whether it is a rule on an exit's logits, learned from calibration logits, a rule with another fallback, or
     * another published method for thresholds or answers.
     */
    readonly kind: 'criterion' | 'learned' | 'fallback' | 'published';
    readonly calibration: {
      /** The number of samples that the thresholds were set on, and of others that the policy itself was fitted on. */
      readonly samples: number;
      readonly fittedOn: number;
      /** On those `samples`, besides the final exit's accuracy there. */
      readonly top1: number;
      readonly finalTop1: number;
      readonly averageMacs: number;
      /** False if no thresholds reach it; the most accurate ones were then taken. */
      readonly reachesAim: boolean;
    };
  };

/** All policies at the same aim. */
export interface PolicyComparison {
  /** Policies that need no labels, the cheapest first. */
  readonly policies: readonly ComparedPolicy[];
  /** The rule of the original example, which looks at the true classes and is therefore not a policy. */
  readonly oracleRule: ComparedPolicy;
  /** Every criterion that looks at the true classes, in the order of registration: that rule, then users' own. */
  readonly oracleRules: readonly ComparedPolicy[];
}

// One half of the calibration split teaches the scheduler, the other sets its thresholds.
const FITTING_SHARE = 0.5;

/** What all others are compared with: the criterion that calibration uses unless another is named. */
export const COMPARISON_REFERENCE: CriterionName = 'max-probability';

/**
 * Compares every criterion, the learned scheduler, the surest-of-all fallback and later methods (`OtherPolicy`): the
 * thresholds of each come from the calibration logits, for the same aim, and all are evaluated on the same test logits.
 *
 * @throws ArgumentError if the aim cannot be reached
 */
export async function comparePolicies(
  options: {
    readonly calibration: CachedLogits;
    readonly test: CachedLogits;
    /** One per exit, the final one last. */
    readonly temperatures: readonly number[];
    readonly costs: ExitCosts;
    readonly aim: SearchAim;
    /** The seed of the half of the calibration samples that the scheduler learns from. */
    readonly seed: number;
    readonly about: EvaluationOrigin;
  },
  { signal, onNote, onProgress }: WorkOptions = {},
): Promise<PolicyComparison> {
  const { calibration, test, temperatures, costs, aim, seed, about } = options;
  const rowOf = (criterion: CriterionName): Row => {
    const found = searchThresholds(calibration, { criterion, temperatures, costs, aim });
    const policy = { criterion, thresholds: found.thresholds, temperatures };
    return {
      ...evaluatePolicy(test, policy, costs, about),
      criterion,
      kind: 'criterion',
      calibration: describeSearch(found, aim, calibration.samples, 0),
      outcome: policyOutcome(simulate(test, policy), test, costs),
    };
  };
  const mostConfident = (): Row => {
    const found = searchMostConfidentThresholds(calibration, { temperatures, costs, aim });
    for (const text of found.notes.filter((note) => note.includes('further below'))) {
      onNote?.({ level: 'warning', text });
    }
    const fallback = simulateMostConfident(test, {
      criterion: 'max-probability',
      thresholds: found.thresholds,
      temperatures,
    });
    return {
      ...evaluateAnswers(test, { ...fallback, confidences: null }, temperatures, costs, about),
      criterion: 'most-confident',
      kind: 'fallback',
      thresholds: found.thresholds.map(thresholdToJson),
      calibration: describeSearch(found, aim, calibration.samples, 0),
      outcome: policyOutcome(fallback, test, costs),
    };
  };
  const scheduled = (): Row => {
    const [fitting, setting] = splitSamples(calibration, FITTING_SHARE, seed);
    const scheduler = fitScheduler(fitting);
    const withHeads = addSchedulerCosts(
      costs,
      scheduler.weights.map((weights) => weights.length - 1),
    );
    const found = searchSchedulerThresholds(scheduler, setting, { costs: withHeads, aim });
    const learned = simulateScheduler(scheduler, found.thresholds, test);
    return {
      ...evaluateAnswers(
        test,
        { ...learned, answeredBy: learned.exitIndex, confidences: learned.scores },
        test.exits.map(() => 1),
        withHeads,
        about,
      ),
      // A policy that knows the labels needs no scheduler.
      oracle: oracle(test, costs, { criteria: ['max-probability'] }),
      criterion: 'scheduler',
      kind: 'learned',
      thresholds: found.thresholds.map(thresholdToJson),
      calibration: describeSearch(found, aim, setting.samples, fitting.samples),
      outcome: policyOutcome(learned, test, withHeads),
    };
  };

  const accuracyControlled = (): Row => {
    const [fitting, setting] = splitSamples(calibration, FITTING_SHARE, seed);
    const fit = fitExitAccuracies(fitting, { temperatures });
    const found = searchAccuracyExits(fit, setting, { costs, aim });
    const played = simulateAccuracyExits(fit, found.accuracy, test);
    const answers = { ...played, answeredBy: played.exitIndex, confidences: null };
    const threshold = Number.isFinite(found.accuracy) ? found.accuracy : null;
    return {
      ...evaluateAnswers(test, answers, temperatures, costs, about),
      criterion: 'accuracy-controlled',
      kind: 'published',
      // One accuracy for all exits.
      thresholds: costs.exitMacs.slice(1).map(() => threshold),
      calibration: describeSearch({ ...found, accuracy: found.top1 }, aim, setting.samples, fitting.samples),
      outcome: policyOutcome(played, test, costs),
    };
  };
  const exponentialBudget = (): Row => {
    const found = searchExponentialBudget(calibration, { costs, aim, temperatures });
    const policy = { criterion: 'max-probability', thresholds: found.thresholds, temperatures };
    return {
      ...evaluatePolicy(test, policy, costs, about),
      criterion: 'exponential-budget',
      kind: 'published',
      calibration: describeSearch({ ...found, accuracy: found.top1 }, aim, calibration.samples, 0),
      outcome: policyOutcome(simulate(test, policy), test, costs),
    };
  };
  const productAnytime = (): Row => {
    const found = searchProductThresholds(calibration, { costs, aim });
    const played = simulateProduct(test, found.thresholds);
    return {
      ...evaluateAnswers(
        test,
        { ...played, answeredBy: played.exitIndex, confidences: played.scores },
        temperatures,
        costs,
        about,
      ),
      criterion: 'product-anytime',
      kind: 'published',
      thresholds: found.thresholds.map(thresholdToJson),
      calibration: describeSearch(found, aim, calibration.samples, 0),
      outcome: policyOutcome(played, test, costs),
    };
  };

  const rowsOf = (criteria: readonly ExitCriterion[]): (() => Row)[] =>
    criteria.map(
      ({ name }) =>
        () =>
          rowOf(name),
    );
  const all = listCriteria();
  const oracles = all.filter(({ needsLabels }) => needsLabels);
  const makers = [
    ...rowsOf(all.filter(({ needsLabels }) => !needsLabels)),
    mostConfident,
    scheduled,
    accuracyControlled,
    exponentialBudget,
    productAnytime,
    ...rowsOf(oracles),
  ];
  const rows: Row[] = [];
  for (const [done, make] of makers.entries()) {
    // Gives the event loop a turn, so that a signal is noticed.
    await nextTurn();
    signal?.throwIfAborted();
    onProgress?.({ what: 'comparing policies', done, total: makers.length, unit: 'steps' });
    rows.push(make());
  }
  const compared = againstReference(rows);
  const oracleRules = compared.splice(-oracles.length);
  compared.sort((a, b) => (a.averageMacs ?? 0) - (b.averageMacs ?? 0));
  return { policies: compared, oracleRule: oracleRules[0]!, oracleRules };
}

/** A row before it is compared with another. */
type Row = Omit<ComparedPolicy, 'against'> & { readonly outcome: PolicyOutcome };

/** Adds the comparison with the reference; p-values are adjusted for the number of comparisons. */
function againstReference(rows: readonly Row[]): ComparedPolicy[] {
  const reference = rows.find(({ criterion }) => criterion === COMPARISON_REFERENCE)!;
  const comparisons = rows.map((row) =>
    row === reference ? null : comparePaired(row.outcome, reference.outcome, INTERVAL_CONFIDENCE),
  );
  const adjusted = holmAdjusted(comparisons.flatMap((each) => (each === null ? [] : [each.pValue])));
  let next = 0;
  return rows.map(({ outcome: _, ...row }, i) => {
    const comparison = comparisons[i] ?? null;
    if (comparison === null) return { ...row, against: null };
    const pValue = adjusted[next++]!;
    return { ...row, against: { ...comparison, pValue, isDifferent: pValue <= 1 - INTERVAL_CONFIDENCE } };
  });
}

function describeSearch(
  {
    accuracy,
    finalAccuracy,
    averageMacs,
  }: Pick<ThresholdSearch, 'accuracy' | 'finalAccuracy' | 'averageMacs'>,
  aim: SearchAim,
  samples: number,
  fittedOn: number,
): ComparedPolicy['calibration'] {
  // Fractions of whole samples differ in their last bits.
  const reachesAim = 'targetMacs' in aim || accuracy >= finalAccuracy - aim.maxAccuracyDrop - 1e-12;
  return { samples, fittedOn, top1: accuracy, finalTop1: finalAccuracy, averageMacs, reachesAim };
}

/** The scheduler's own heads are paid for too, although they are small; the final exit needs none. */
function addSchedulerCosts({ exitMacs, staticMacs }: ExitCosts, widths: readonly number[]): ExitCosts {
  let heads = 0;
  return {
    exitMacs: exitMacs.map((macs, exit) => {
      if (exit < exitMacs.length - 1) heads += widths[exit] ?? 0;
      return macs + heads;
    }),
    staticMacs,
  };
}
