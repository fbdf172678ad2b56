import { ArgumentError } from '@earlyexit/core';
import { type CachedLogits, type ExitPolicy, simulate } from '@earlyexit/exit-criteria';

/** The costs of an exit, as in the network's metadata; multiply-accumulates for one sample. */
export interface StageCosts {
  readonly backboneMacs: number;
  readonly headMacs: number;
}

/** What an early exit brings to a cascade. */
export interface StageGain {
  /** Index of the exit. */
  readonly exit: number;
  /** Samples that it answers. */
  readonly answered: number;
  /** Samples that it passes on. */
  readonly passedOn: number;
  /** MACs saved by the samples it answers, minus what its head costs the samples it passes on. */
  readonly gainMacs: number;
  /** Whether the gain is above the bound. */
  readonly pays: boolean;
  /** Whether the rule admits it: this exit pays, and so does each before it. */
  readonly admitted: boolean;
}

/**
 * The rule of Conditional Deep Learning (Panda, Sengupta & Roy 2016) for whether an exit pays, exit by exit:
 *
 * G = answered · (cost of the whole network − cost of leaving here) − passed on · cost of this head
 *
 * Earlier heads are paid for either way and cancel out. The paper counts on the training samples, and stops at the
 * first exit whose gain is not above the bound.
 *
 * @param costs of all K+1 exits, the final one last
 * @param bound in MACs over all samples; 0 unless given
 * @throws ArgumentError if the costs or the policy do not fit the exits
 */
export function stageGains(
  cached: CachedLogits,
  policy: ExitPolicy,
  costs: readonly StageCosts[],
  bound = 0,
): StageGain[] {
  if (costs.length !== cached.exits.length) {
    throw new ArgumentError({
      where: 'stageGains costs',
      rule: `there is one entry per exit, the final one included, so ${String(cached.exits.length)} here`,
      received: String(costs.length),
    });
  }
  const { exitIndex } = simulate(cached, policy);
  const { backboneMacs: wholeMacs } = costs.at(-1)!;
  let reached = cached.samples;
  let admitted = true;
  return costs.slice(0, -1).map(({ backboneMacs, headMacs }, exit) => {
    const answered = exitIndex.filter((index) => index === exit).length;
    const passedOn = reached - answered;
    reached = passedOn;
    const gainMacs = answered * (wholeMacs - backboneMacs - headMacs) - passedOn * headMacs;
    const pays = gainMacs > bound;
    admitted &&= pays;
    return { exit, answered, passedOn, gainMacs, pays, admitted };
  });
}
