import {
  type CachedLogits,
  evaluateExits,
  type ExitPolicy,
  getCriterion,
  simulate,
  type Simulation,
} from '@earlyexit/exit-criteria';

/**
 * Plays a policy as the Shallow-Deep Network does (Kaya et al., ICML 2019): a sample that no early exit lets leave is
 * answered by the surest of all exits, not by the last one. It still pays for the whole network (`exitIndex` is the
 * final exit); its score is the surest one. Among equally sure exits the earliest answers.
 *
 * @throws ArgumentError if the policy does not fit the exits, or the criterion needs labels and there are none.
 */
export function simulateMostConfident(cached: CachedLogits, policy: ExitPolicy): Simulation {
  const simulation = simulate(cached, policy);
  const evaluations = evaluateExits(cached, policy.criterion, policy.temperatures);
  const sign = getCriterion(policy.criterion).surerIs === 'higher' ? 1 : -1;
  const final = evaluations.length - 1;
  simulation.exitIndex.forEach((exit, row) => {
    if (exit < final) return;
    let surest = final;
    for (let other = final - 1; other >= 0; other--) {
      const score = evaluations[other]!.scores[row]!;
      const best = evaluations[surest]!.scores[row]!;
      if (sign * score >= sign * best || Number.isNaN(best)) surest = other;
    }
    simulation.classes[row] = evaluations[surest]!.classes[row]!;
    simulation.scores[row] = evaluations[surest]!.scores[row]!;
  });
  return simulation;
}
