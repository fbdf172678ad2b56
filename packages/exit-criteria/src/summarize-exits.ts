import type { CachedLogits } from './cached-logits';
import { ArgumentError } from '@earlyexit/core';
import { evaluateExits } from './evaluate-exits';
import type { ExitPolicy } from './policy/exit-policy';
import { rankOf } from './rank-of';
import { simulate } from './simulate';
import type { ExitCosts } from './policy/exit-costs';

/** One exit in a summary. Accuracies and shares are fractions from 0 to 1; `null` where undefined. */
export interface ExitStatistics {
  readonly name?: string;
  /** The number of samples that left here. */
  readonly taken: number;
  readonly share: number;
  /** Over the samples that left here; `null` if none did or there are no labels. */
  readonly top1: number | null;
  /** As `top1`, but with the true class among the five best; `null` with fewer than five classes. */
  readonly top5: number | null;
  /** Over all samples, as if all had left here. */
  readonly top1All: number | null;
  readonly top5All: number | null;
  /** Cost of leaving here, every head on the way included; `null` if costs were not given. */
  readonly macs: number | null;
}

/** What a policy does to a set of samples. */
export interface ExitSummary {
  readonly samples: number;
  readonly exits: readonly ExitStatistics[];
  readonly top1: number | null;
  readonly top5: number | null;
  /** The same network used without exits. */
  readonly static: {
    readonly top1: number | null;
    readonly top5: number | null;
    readonly macs: number | null;
  };
  /** Mean over the samples. */
  readonly averageMacs: number | null;
  /** static.macs / averageMacs: how many times cheaper. */
  readonly macsRatio: number | null;
}

const TOP = 5;

/**
 * Counts where samples leave under a policy, how often they are right, and what it costs.
 *
 * @param names One per exit, the final one last; copied into the result.
 * @throws ArgumentError if the policy, costs or names do not fit the exits.
 */
export function summarizeExits(
  cached: CachedLogits,
  policy: ExitPolicy,
  costs?: ExitCosts,
  names?: readonly string[],
): ExitSummary {
  const { exitIndex } = simulate(cached, policy);
  const { samples, classes, labels } = cached;
  const exits = cached.exits.length;
  for (const [where, list] of [
    ['costs.exitMacs', costs?.exitMacs],
    ['names', names],
  ] as const) {
    if (list === undefined || list.length === exits) continue;
    throw new ArgumentError({
      where,
      rule: `there is one per exit, the final one included, so ${exits} here`,
      received: String(list.length),
    });
  }

  const ratio = (part: number, whole: number): number | null =>
    labels === null || whole === 0 ? null : part / whole;
  const ratio5 = (part: number, whole: number): number | null => (classes < TOP ? null : ratio(part, whole));
  let right = 0;
  let right5 = 0;
  const statistics = evaluateExits(cached, policy.criterion, policy.temperatures).map(
    (evaluation, exit): ExitStatistics => {
      const here = { taken: 0, right: 0, right5: 0, rightAll: 0, right5All: 0 };
      for (let row = 0; row < samples; row++) {
        const left = exitIndex[row] === exit ? 1 : 0;
        here.taken += left;
        if (labels === null) continue;
        const is1 = evaluation.classes[row] === labels[row] ? 1 : 0;
        const is5 = is1 || rankOf(evaluation.ranking, row * classes, classes, labels[row]!) < TOP ? 1 : 0;
        here.right += left * is1;
        here.right5 += left * is5;
        here.rightAll += is1;
        here.right5All += is5;
      }
      right += here.right;
      right5 += here.right5;
      return {
        ...(names === undefined ? {} : { name: names[exit]! }),
        taken: here.taken,
        share: samples === 0 ? 0 : here.taken / samples,
        top1: ratio(here.right, here.taken),
        top5: ratio5(here.right5, here.taken),
        top1All: ratio(here.rightAll, samples),
        top5All: ratio5(here.right5All, samples),
        macs: costs?.exitMacs[exit] ?? null,
      };
    },
  );
  const averageMacs =
    costs === undefined || samples === 0
      ? null
      : statistics.reduce((sum, { taken }, exit) => sum + taken * costs.exitMacs[exit]!, 0) / samples;
  const final = statistics.at(-1)!;
  return {
    samples,
    exits: statistics,
    top1: ratio(right, samples),
    top5: ratio5(right5, samples),
    static: { top1: final.top1All, top5: final.top5All, macs: costs?.staticMacs ?? null },
    averageMacs,
    macsRatio: costs === undefined || averageMacs === null ? null : costs.staticMacs / averageMacs,
  };
}
