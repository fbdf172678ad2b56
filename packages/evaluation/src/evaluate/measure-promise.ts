import {
  argmaxRows,
  type CachedLogits,
  type PromisedPolicy,
  type PromiseMetadata,
  simulate,
} from '@earlyexit/exit-criteria';

/** A promise and what became of it on other samples. */
export interface MeasuredPromise extends PromiseMetadata {
  /** The mean loss on these samples; null where labels are needed and not known. */
  readonly measuredRisk: number | null;
}

/** The loss that a promise speaks of, on samples it was not made on; null if the policy promises nothing. */
export function measurePromise(cached: CachedLogits, policy: PromisedPolicy): MeasuredPromise | null {
  const { promise = null } = policy;
  if (promise === null) return null;
  const { exits, classes, labels, samples } = cached;
  const final = argmaxRows(exits.at(-1) ?? new Float32Array(), classes);
  let lost = 0;
  simulate(cached, policy).classes.forEach((answer, row) => {
    if (promise.loss === 'consistency') lost += Number(answer !== final[row]);
    else lost += Number(answer !== labels?.[row]) - Number(final[row] !== labels?.[row]);
  });
  const known = samples > 0 && (promise.loss === 'consistency' || labels !== null);
  return { ...promise, measuredRisk: known ? lost / samples : null };
}
