import { type CachedLogits, type ExitPolicy, simulate, softmax } from '@earlyexit/exit-criteria';
import { checkLabelled, checkProbability } from '../checks';
import { binomialCdf } from './binomial';
import { asPercent } from './describe-promise';
import { fallbackSequence } from './fallback-sequence';

/** Which answers are to be right how often. */
export interface SelectiveRiskOptions {
  /** The policy in use; nothing of it was fitted on these samples. */
  readonly policy: ExitPolicy;
  /** The largest share of wrong answers among those given, between 0 and 1. */
  readonly risk: number;
  /** The probability with which the promise may fail; 0.1 unless given. */
  readonly delta?: number;
  /** Probabilities below which the final exit declines, falling; 200 of them unless given. */
  readonly path?: readonly number[];
}

/** When the final exit declines to answer. */
export interface SelectiveRisk {
  /** The final exit declines where the largest probability is below it; null if nothing could be promised. */
  readonly rejectBelow: number | null;
  /** The share of the samples that get an answer, on these samples. */
  readonly coverage: number;
  /** The share of wrong ones among those answers. */
  readonly empiricalRisk: number;
  /** What is promised, in words. */
  readonly promise: string;
}

const STEPS = 200;
const STRICTEST = 1e-5;

/**
 * A reject option at the final exit: it answers only where its largest probability is high enough, and of the answers
 * given, early ones included, at most a share of `risk` is wrong (selective classification with guaranteed risk; Geifman
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
  const { samples, labels, classes, exits } = cached;
  const final = exits.length - 1;
  const path =
    options.path ?? Array.from({ length: STEPS }, (_, i) => 1 - STRICTEST ** (1 - i / (STEPS - 1)));
  const { exitIndex, classes: answers } = simulate(cached, policy);
  const probabilities = softmax(exits[final]!, classes, policy.temperatures?.[final] ?? 1);
  const countAt = (rejectBelow: number): { answered: number; wrong: number } => {
    let answered = 0;
    let wrong = 0;
    for (let row = 0; row < samples; row++) {
      const answer = answers[row]!;
      if (exitIndex[row] === final && probabilities[row * classes + answer]! < rejectBelow) continue;
      answered++;
      wrong += answer === labels[row] ? 0 : 1;
    }
    return { answered, wrong };
  };
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
