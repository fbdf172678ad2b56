import type { CachedLogits } from './cached-logits';
import { getCriterion } from './criteria/criterion-registry';
import { evaluateExits } from './evaluate-exits';
import { type ExitPolicy, validatePolicy } from './policy/exit-policy';

/** Where each sample leaves, and with what answer. */
export interface Simulation {
  /** `[samples]`, from 0 to K, where K is the final exit. */
  readonly exitIndex: Int32Array;
  /** `[samples]`, the answers. */
  readonly classes: Int32Array;
  /** `[samples]`, the criterion's score at the answering exit. */
  readonly scores: Float64Array;
}

/**
 * Plays a policy on cached logits: each sample leaves at the first early exit where the criterion lets it, otherwise at
 * the final one. This is what a session would answer, without running the network.
 *
 * @throws ArgumentError if the policy does not fit the exits, or if the criterion needs labels and there are none.
 */
export function simulate(cached: CachedLogits, policy: ExitPolicy): Simulation {
  const final = cached.exits.length - 1;
  validatePolicy(policy, final);
  const { leaves } = getCriterion(policy.criterion);
  const evaluations = evaluateExits(cached, policy.criterion, policy.temperatures);
  const exitIndex = new Int32Array(cached.samples);
  const classes = new Int32Array(cached.samples);
  const scores = new Float64Array(cached.samples);
  for (let row = 0; row < cached.samples; row++) {
    let exit = 0;
    while (exit < final && !leaves(evaluations[exit]!, row, policy.thresholds[exit]!)) exit++;
    exitIndex[row] = exit;
    classes[row] = evaluations[exit]!.classes[row]!;
    scores[row] = evaluations[exit]!.scores[row]!;
  }
  return { exitIndex, classes, scores };
}
