import {
  fitScheduler,
  oracle,
  searchMostConfidentThresholds,
  searchSchedulerThresholds,
  simulateMostConfident,
  simulateScheduler,
  type SearchAim,
  splitSamples,
  type ThresholdSearch,
} from '@earlyexit/calibration';
import {
  type CachedLogits,
  type CriterionName,
  criterionNames,
  type ExitCosts,
  getCriterion,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import { type AnswerEvaluation, evaluateAnswers } from './evaluate-answers';
import { evaluatePolicy } from './evaluation';
import type { EvaluationDocument } from './evaluation-document';
import { searchPolicy } from './policy';

/** One row of the comparison: an evaluation on the test split, and where its thresholds come from. */
export type ComparedPolicy = AnswerEvaluation &
  Pick<EvaluationDocument, 'thresholds'> & {
    /** A criterion, or `scheduler`, or `most-confident`. */
    readonly criterion: CriterionName | 'scheduler' | 'most-confident';
    /** Whether it is a rule on an exit's logits, learned from calibration logits, or a rule with another fallback. */
    readonly kind: 'criterion' | 'learned' | 'fallback';
    readonly calibration: {
      /** How many samples the thresholds were set on, and how many others the policy itself was fitted on. */
      readonly samples: number;
      readonly fittedOn: number;
      /** On those `samples`, next to what the final exit has there. */
      readonly top1: number;
      readonly finalTop1: number;
      readonly averageMacs: number;
      /** False where no thresholds reach it: the most accurate ones were taken then. */
      readonly reachesAim: boolean;
    };
  };

/** All policies at the same aim. */
export interface PolicyComparison {
  /** Policies that need no labels, the cheapest first. */
  readonly policies: readonly ComparedPolicy[];
  /** The rule of the original example, which looks at the true classes: no policy, and so apart. */
  readonly oracleRule: ComparedPolicy;
  /** What a person should know about the searches. */
  readonly notes: readonly string[];
}

// One half of the calibration split teaches the scheduler, the other sets its thresholds.
const FITTING_SHARE = 0.5;

/**
 * Compares every criterion, the learned scheduler and the surest-of-all fallback: thresholds of each from the
 * calibration logits, all for the same aim; all evaluated on the same test logits.
 *
 * @throws ArgumentError if the aim cannot be reached
 */
export async function comparePolicies(options: {
  readonly calibration: CachedLogits;
  readonly test: CachedLogits;
  readonly temperatures: readonly number[];
  readonly costs: ExitCosts;
  readonly aim: SearchAim;
  readonly seed: number;
  readonly about: Parameters<typeof evaluatePolicy>[3];
}): Promise<PolicyComparison> {
  const { calibration, test, temperatures, costs, aim, seed, about } = options;
  const notes: string[] = [];
  const rowOf = async (criterion: CriterionName): Promise<ComparedPolicy> => {
    const found = await searchPolicy(calibration, { criterion, temperatures, costs, aim });
    const policy = { criterion, thresholds: found.thresholds, temperatures };
    return {
      ...evaluatePolicy(test, policy, costs, about),
      criterion,
      kind: 'criterion',
      calibration: describeSearch(found, aim, calibration.samples, 0),
    };
  };
  const policies: ComparedPolicy[] = [];
  for (const name of criterionNames.filter((each) => !getCriterion(each).needsLabels))
    policies.push(await rowOf(name));

  const surest = searchMostConfidentThresholds(calibration, { temperatures, ...costs, aim });
  notes.push(...surest.notes.filter((note) => note.includes('further below')));
  const fallback = simulateMostConfident(test, {
    criterion: 'max-probability',
    thresholds: surest.thresholds,
    temperatures,
  });
  policies.push({
    ...evaluateAnswers(test, { ...fallback, confidences: null }, temperatures, costs, about),
    criterion: 'most-confident',
    kind: 'fallback',
    thresholds: surest.thresholds.map(thresholdToJson),
    calibration: describeSearch(surest, aim, calibration.samples, 0),
  });

  const [fitting, setting] = splitSamples(calibration, FITTING_SHARE, seed);
  const scheduler = fitScheduler(fitting);
  const withHeads = addSchedulerCosts(
    costs,
    scheduler.weights.map((weights) => weights.length - 1),
  );
  const found = searchSchedulerThresholds(scheduler, setting, { ...withHeads, aim });
  const learned = simulateScheduler(scheduler, found.thresholds, test);
  policies.push({
    ...evaluateAnswers(
      test,
      { ...learned, answeredBy: learned.exitIndex, confidences: learned.scores },
      test.exits.map(() => 1),
      withHeads,
      about,
    ),
    // Who knows the labels needs no scheduler.
    oracle: oracle(test, costs.exitMacs, { criteria: ['max-probability'] }),
    criterion: 'scheduler',
    kind: 'learned',
    thresholds: found.thresholds.map(thresholdToJson),
    calibration: describeSearch(found, aim, setting.samples, fitting.samples),
  });

  policies.sort((a, b) => (a.averageMacs ?? 0) - (b.averageMacs ?? 0));
  return { policies, oracleRule: await rowOf('cross-entropy-oracle'), notes };
}

function describeSearch(
  { accuracy, finalAccuracy, averageMacs }: ThresholdSearch,
  aim: SearchAim,
  samples: number,
  fittedOn: number,
): ComparedPolicy['calibration'] {
  // Fractions of whole samples differ in their last bits.
  const reachesAim = 'targetMacs' in aim || accuracy >= finalAccuracy - aim.maxAccuracyDrop - 1e-12;
  return { samples, fittedOn, top1: accuracy, finalTop1: finalAccuracy, averageMacs, reachesAim };
}

/** The scheduler's own heads are paid for too, few as their products are; the final exit needs none. */
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
