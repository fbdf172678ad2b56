import { type CachedLogits, type ExitPolicy, simulate, softmax } from '@earlyexit/exit-criteria';
import { checkLabelled, checkProbability } from '../checks';
import { binomialCdf } from './binomial';
import { asPercent } from './describe-promise';
import { fallbackSequence } from './fallback-sequence';

/** How often which answers have to be right. */
export interface SelectiveRiskOptions {
  /** The policy in use; no part of it may have been fitted on these samples. */
  readonly policy: ExitPolicy;
  /** The largest share of wrong answers among those given, between 0 and 1. */
  readonly risk: number;
  /** The probability with which the promise may fail; 0.1 unless given. */
  readonly delta?: number;
  /**
   * Descending probabilities below which the final exit declines, fixed without looking at these samples; 200 of them
   * unless given. If the strictest leaves too few answers, nothing can be accepted there or after it: `selectivePath`
   * begins where that is no problem.
   */
  readonly path?: readonly number[];
}

/** When the final exit declines to answer. */
export interface SelectiveRisk {
  /** The final exit declines where the largest probability is below it; null if nothing could be promised. */
  readonly rejectBelow: number | null;
  /** The share of the samples that get an answer, on these samples. */
  readonly coverage: number;
  /** The share of wrong answers among them. */
  readonly empiricalRisk: number;
  /** What is promised, in words. */
  readonly promise: string;
}

const STEPS = 200;
const STRICTEST = 1e-5;

/**
 * A reject option at the final exit: it answers only where its largest probability is high enough, and at most a share
 * `risk` of the answers given, early ones included, is wrong (selective classification with guaranteed risk; Geifman
 * and El-Yaniv, NeurIPS 2017). The path of probabilities is tested from strict to lenient, each by the exact binomial
 * tail among the answers given, until one fails: given how many are answered, the wrong ones are binomial.
 *
 * @param cached Labelled.
 * @throws ArgumentError for numbers out of range, a policy that does not fit, or missing labels.
 */
export function controlSelectiveRisk(cached: CachedLogits, options: SelectiveRiskOptions): SelectiveRisk {
  const { policy, risk, delta = 0.1 } = options;
  const name = 'controlSelectiveRisk';
  checkLabelled(cached, name);
  checkProbability(risk, name, 'risk');
  checkProbability(delta, name, 'delta');
  const { samples } = cached;
  const path = options.path ?? everyProbability();
  const countAt = answerCounts(cached, policy);
  const step =
    fallbackSequence(path.length, 1, delta, (index, level) => {
      const { answered, wrong } = countAt(path[index]!);
      return answered > 0 && binomialCdf(wrong, answered, risk) <= level;
    }).at(-1) ?? -1;
  const rejectBelow = path[step] ?? null;
  const { answered, wrong } = rejectBelow === null ? { answered: 0, wrong: 0 } : countAt(rejectBelow);
  const what = `at most ${asPercent(risk)} of the answers given are wrong`;
  return {
    rejectBelow,
    coverage: answered / samples,
    empiricalRisk: answered === 0 ? 0 : wrong / answered,
    promise:
      rejectBelow === null
        ? `Nothing could be accepted of which it can be promised that ${what}`
        : `With a probability of at least ${asPercent(1 - delta)} over the draw of the ${samples} calibration samples, ${what}`,
  };
}

/**
 * A path for `controlSelectiveRisk`, derived from other samples: it begins where the promise is most likely to be
 * accepted on that many samples, because a stricter step has fewer answers to go by.
 *
 * @param fitted Labelled; shares no sample with those that the promise is made on. The policy may be fitted on it.
 * @param options.samples How many the promise will be made on.
 * @throws ArgumentError for a risk out of range, a policy that does not fit, or missing labels
 */
export function selectivePath(
  fitted: CachedLogits,
  { policy, risk, samples }: Pick<SelectiveRiskOptions, 'policy' | 'risk'> & { readonly samples: number },
): number[] {
  checkLabelled(fitted, 'selectivePath');
  checkProbability(risk, 'selectivePath', 'risk');
  const countAt = answerCounts(fitted, policy);
  const path = everyProbability();
  const scale = samples / fitted.samples;
  const chances = path.map((rejectBelow) => {
    const { answered, wrong } = countAt(rejectBelow);
    // Half a wrong answer is added: that none was seen does not mean that there are none.
    return binomialCdf(Math.round((wrong + 0.5) * scale), Math.round(answered * scale), risk);
  });
  return path.slice(chances.indexOf(Math.min(...chances)));
}

/** Probabilities from almost certain down to anything. */
function everyProbability(): number[] {
  return Array.from({ length: STEPS }, (_, i) => 1 - STRICTEST ** (1 - i / (STEPS - 1)));
}

/**
 * Counts how many samples get an answer, and how many a wrong one, if the final exit declines below a probability.
 * Without labels no answer counts as right.
 *
 * @throws ArgumentError for a policy that does not fit
 */
export function answerCounts(
  cached: CachedLogits,
  policy: ExitPolicy,
): (rejectBelow: number) => { readonly answered: number; readonly wrong: number } {
  const { samples, labels, classes, exits } = cached;
  const final = exits.length - 1;
  const { exitIndex, classes: answers } = simulate(cached, policy);
  const probabilities = softmax(exits[final]!, classes, policy.temperatures?.[final] ?? 1);
  return (rejectBelow) => {
    let answered = 0;
    let wrong = 0;
    for (let row = 0; row < samples; row++) {
      const answer = answers[row]!;
      if (exitIndex[row] === final && probabilities[row * classes + answer]! < rejectBelow) continue;
      answered++;
      wrong += answer === labels?.[row] ? 0 : 1;
    }
    return { answered, wrong };
  };
}
