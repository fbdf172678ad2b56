import {
  type CachedLogits,
  type CriterionEvaluation,
  DEFAULT_CRITERION,
  evaluateExits,
  type ExitPolicy,
  getCriterion,
  simulate,
  type Simulation,
} from '@earlyexit/exit-criteria';
import { checkLabelled } from './checks';
import { scoreExits } from './search/scored-exits';
import { DEFAULT_AIM, type SearchAim } from './search/search-aim';
import { searchScored, type ThresholdSearch } from './search/search-scored';
import type { SearchOptions } from './search/search-thresholds';

/** Where each sample leaves, and which exit answers it. */
export interface MostConfidentSimulation extends Simulation {
  /** `[samples]`, the exit whose answer counts: `exitIndex`, or for a sample that reaches the end the surest exit. */
  readonly answeredBy: Int32Array;
}

/**
 * Plays a policy as the Shallow-Deep Network does (Kaya et al., ICML 2019): a sample that leaves at no early exit is
 * answered by the surest of all exits, not by the last one. It still pays for the whole network (`exitIndex` is the
 * final exit); its score is that of the surest exit. Of equally sure exits the earliest answers.
 *
 * @throws ArgumentError if the policy does not fit the exits, or if the criterion needs labels and there are none.
 */
export function simulateMostConfident(cached: CachedLogits, policy: ExitPolicy): MostConfidentSimulation {
  const simulation = simulate(cached, policy);
  const evaluations = evaluateExits(cached, policy.criterion, policy.temperatures);
  const surest = surestExits(evaluations, getCriterion(policy.criterion).surerIs);
  const final = evaluations.length - 1;
  const answeredBy = simulation.exitIndex.map((exit, row) => (exit < final ? exit : surest[row]!));
  answeredBy.forEach((exit, row) => {
    simulation.classes[row] = evaluations[exit]!.classes[row]!;
    simulation.scores[row] = evaluations[exit]!.scores[row]!;
  });
  return { ...simulation, answeredBy };
}

/**
 * Thresholds for `simulateMostConfident`; see `searchThresholds`. The accuracy drop is measured from the final exit's
 * own accuracy, as for every other policy; if the surest exits stay further below it whatever the thresholds, the most
 * accurate choice is taken and `notes` says so.
 *
 * @throws ArgumentError if options do not fit the exits, labels are missing or the cost target cannot be reached;
 * DataError without samples or for logits that are not finite.
 */
export function searchMostConfidentThresholds(cached: CachedLogits, options: SearchOptions): ThresholdSearch {
  const { criterion = DEFAULT_CRITERION, temperatures, aim = DEFAULT_AIM } = options;
  checkLabelled(cached, 'searchMostConfidentThresholds');
  const { labels } = cached;
  const scored = scoreExits(cached, criterion, temperatures);
  const evaluations = [...scored.evaluations];
  const surest = surestExits(evaluations, scored.surerIs);
  const answers = evaluations.at(-1)!;
  const accuracyOf = (classes: Int32Array): number =>
    classes.reduce((right, answer, row) => right + (answer === labels[row] ? 1 : 0), 0) / classes.length;
  const finalAccuracy = accuracyOf(answers.classes);
  evaluations[evaluations.length - 1] = {
    ...answers,
    classes: surest.map((exit, row) => scored.evaluations[exit]!.classes[row]!),
  };
  const fallbackAccuracy = accuracyOf(evaluations.at(-1)!.classes);
  const search = (searchAim: SearchAim): ThresholdSearch => ({
    ...searchScored({ ...scored, evaluations }, { ...options, aim: searchAim }),
    finalAccuracy,
  });
  if ('targetMacs' in aim) return search(aim);

  // The search measures a drop from the accuracy at the end of the network, which is different here.
  const found = search({
    maxAccuracyDrop: Math.min(1, Math.max(0, aim.maxAccuracyDrop + fallbackAccuracy - finalAccuracy)),
  });
  // Fractions of whole samples differ in their last bits.
  const least = finalAccuracy - aim.maxAccuracyDrop - 1e-12;
  const reached = found.accuracy >= least ? found : found.frontier.find(({ accuracy }) => accuracy >= least);
  if (reached !== undefined) return { ...found, ...reached };
  const best = found.frontier.at(-1)!;
  const note = `The surest of all exits is right on ${(100 * best.accuracy).toFixed(2)} % at most, further below the final exit than asked for`;
  return { ...found, ...best, notes: [...found.notes, note] };
}

/** `[samples]`, the surest exit of each sample; the earliest of equally sure ones. */
function surestExits(
  evaluations: readonly Pick<CriterionEvaluation, 'scores'>[],
  surerIs: 'lower' | 'higher',
): Int32Array {
  const sign = surerIs === 'higher' ? 1 : -1;
  const final = evaluations.length - 1;
  return Int32Array.from(evaluations[final]!.scores, (_, row) => {
    let surest = final;
    for (let other = final - 1; other >= 0; other--) {
      const score = evaluations[other]!.scores[row]!;
      const best = evaluations[surest]!.scores[row]!;
      if (sign * score >= sign * best || Number.isNaN(best)) surest = other;
    }
    return surest;
  });
}
