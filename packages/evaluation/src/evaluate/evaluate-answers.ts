import { calibrationErrorOf, oracle, reliabilityBins } from '@earlyexit/calibration';
import { type CachedLogits, type ExitCosts, softmax, summarizeExits, rankOf } from '@earlyexit/exit-criteria';
import { correctOf } from './evaluate-policy';
import type { EvaluationDocument, EvaluationOrigin } from './evaluation-document';
import { evaluationIntervals } from './evaluation-intervals';

/** The answers of any kind of policy. */
export interface PolicyAnswers {
  /** `[samples]`, where each sample left, which decides its cost. */
  readonly exitIndex: Int32Array;
  /** `[samples]`, the exit whose logits gave the answer; the same unless a policy falls back on another exit. */
  readonly answeredBy: Int32Array;
  /** `[samples]`, the answers. */
  readonly classes: Int32Array;
  /**
   * `[samples]`, the policy's own probability that each answer is right; if null, the softmax of the answering exit.
   */
  readonly confidences: Float64Array | null;
}

/** The part of an evaluation that does not depend on a criterion. */
export type AnswerEvaluation = Omit<EvaluationDocument, 'criterion' | 'thresholds'>;

const TOP = 5;

/**
 * Evaluates answers that do not come from a criterion of the toolkit, with the same fields as an evaluation of a
 * policy.
 *
 * @param cached the logits of the samples, with labels
 */
export function evaluateAnswers(
  cached: CachedLogits,
  answers: PolicyAnswers,
  temperatures: readonly number[],
  costs: ExitCosts,
  about: EvaluationOrigin,
): AnswerEvaluation {
  const { samples, classes, exits } = cached;
  const labels = cached.labels ?? new Int32Array();
  // What each exit is worth alone is the same for all policies.
  const alone = summarizeExits(
    cached,
    { criterion: 'max-probability', thresholds: exits.slice(1).map(() => 'never') },
    costs,
  );
  const correct = Uint8Array.from(answers.classes, (answer, row) => (answer === labels[row] ? 1 : 0));
  const amongFive = Uint8Array.from(answers.answeredBy, (exit, row) =>
    rankOf(exits[exit] ?? new Float32Array(), row * classes, classes, labels[row] ?? 0) < TOP ? 1 : 0,
  );
  const share = (right: Uint8Array, exit: number | null): number | null => {
    let all = 0;
    let hits = 0;
    right.forEach((one, row) => {
      if (exit !== null && answers.exitIndex[row] !== exit) return;
      all++;
      hits += one;
    });
    return all === 0 ? null : hits / all;
  };
  const share5 = (exit: number | null): number | null => (classes < TOP ? null : share(amongFive, exit));
  const taken = exits.map((_, exit) => answers.exitIndex.filter((left) => left === exit).length);
  const averageMacs =
    taken.reduce((sum, count, exit) => sum + count * (costs.exitMacs[exit] ?? 0), 0) / samples;
  const confidences = answers.confidences ?? answerProbabilities(cached, answers, temperatures);
  const error = calibrationErrorOf(reliabilityBins({ confidences, correct }));
  const evaluated = alone.exits.map((exit, index) => ({
    ...exit,
    name: about.exitNames[index] ?? '',
    taken: taken[index] ?? 0,
    share: (taken[index] ?? 0) / samples,
    top1: share(correct, index),
    top5: share5(index),
  }));
  return {
    model: about.model,
    dataset: about.dataset,
    split: about.split,
    samples,
    engine: about.engine,
    temperatures,
    exits: evaluated,
    top1: share(correct, null),
    top5: share5(null),
    static: alone.static,
    averageMacs,
    macsRatio: costs.staticMacs / averageMacs,
    expectedCalibrationError: Number.isNaN(error) ? null : error,
    // Each answer is that of some exit, as under this criterion.
    oracle: oracle(cached, costs, { criteria: ['max-probability'] }),
    intervals: evaluationIntervals({
      ...{ exits: evaluated, costs, correct },
      finalCorrect: correctOf(cached),
      confidences: { confidences, correct },
    }),
  };
}

function answerProbabilities(
  { exits, classes }: CachedLogits,
  { answeredBy, classes: answers }: PolicyAnswers,
  temperatures: readonly number[],
): Float64Array {
  const probabilities = exits.map((logits, exit) => softmax(logits, classes, temperatures[exit] ?? 1));
  return Float64Array.from(
    answers,
    (answer, row) => probabilities[answeredBy[row] ?? 0]?.[row * classes + answer] ?? Number.NaN,
  );
}
