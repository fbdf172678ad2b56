import {
  argmaxRows,
  type CachedLogits,
  type ExitCosts,
  type JointLimits,
  type PromisedPolicy,
  type PromiseMetadata,
  simulate,
} from '@earlyexit/exit-criteria';

/** A promise and its loss on other samples. */
export interface MeasuredPromise extends PromiseMetadata {
  /**
   * The mean loss on these samples, in the worst class if the promise holds within each; null if labels are needed and
   * unknown.
   */
  readonly measuredRisk: number | null;
  /** The value of each of several limits on these samples; left out for a single one. */
  readonly measuredJoint?: JointLimits;
}

/**
 * Measures the loss that a promise limits on samples it was not made on; null if the policy promises nothing.
 *
 * @param costs needed to measure a limit on the cost
 */
export function measurePromise(
  cached: CachedLogits,
  policy: PromisedPolicy,
  costs?: ExitCosts,
): MeasuredPromise | null {
  const { promise = null } = policy;
  if (promise === null) return null;
  const { exits, classes, labels, samples } = cached;
  const final = argmaxRows(exits.at(-1) ?? new Float32Array(), classes);
  const { classes: answers, exitIndex } = simulate(cached, policy);
  const rows = Int32Array.from({ length: samples }, (_, row) => row);
  const meanOf = (loss: string, some: Int32Array): number | null => {
    if (some.length === 0 || (loss !== 'consistency' && labels === null)) return null;
    const lost = some.reduce(
      (sum, row) =>
        loss === 'consistency'
          ? sum + Number(answers[row] !== final[row])
          : sum + Number(answers[row] !== labels?.[row]) - Number(final[row] !== labels?.[row]),
      0,
    );
    return lost / some.length;
  };
  const { loss, inEach, joint } = promise;
  const measured = { ...promise, measuredRisk: meanOf(loss, rows) };
  if (inEach !== undefined) {
    const within = Array.from({ length: classes }, (_, label) =>
      meanOf(
        loss,
        rows.filter((row) => labels?.[row] === label),
      ),
    ).filter((risk) => risk !== null);
    return { ...measured, measuredRisk: within.length === 0 ? null : Math.max(...within) };
  }
  if (joint === undefined) return measured;
  const consistency = joint.consistency === undefined ? null : meanOf('consistency', rows);
  const gap = joint.gap === undefined ? null : meanOf('gap', rows);
  const cost =
    joint.cost === undefined || costs === undefined || samples === 0
      ? null
      : exitIndex.reduce((sum, exit) => sum + costs.exitMacs[exit]!, 0) / samples / costs.staticMacs;
  return {
    ...measured,
    measuredJoint: {
      ...(consistency === null ? {} : { consistency }),
      ...(gap === null ? {} : { gap }),
      ...(cost === null ? {} : { cost }),
    },
  };
}
