import type { CachedLogits } from './cached-logits';
import { decideExits } from './decide-exits';
import { evaluateExits } from './evaluate-exits';
import { type ExitPolicy, validatePolicy } from './policy/exit-policy';
import type { Simulation } from './simulation';

/**
 * Plays a policy on cached logits: each sample leaves at the first early exit where the criterion lets it, otherwise at
 * the final one. This is what a session would answer, without running the network.
 *
 * @throws ArgumentError if the policy does not fit the exits, or if the criterion needs labels and there are none.
 */
export function simulate(cached: CachedLogits, policy: ExitPolicy): Simulation {
  validatePolicy(policy, cached.exits.length - 1);
  return decideExits(
    evaluateExits(cached, policy.criterion, policy.temperatures),
    policy.criterion,
    policy.thresholds,
  );
}
