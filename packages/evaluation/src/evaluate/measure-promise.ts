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

/**
 * The loss that a promise speaks of, on samples it was not made on, that of the worst class where it is kept within each;
 * null if the policy promises nothing.
 */
export function measurePromise(cached: CachedLogits, policy: PromisedPolicy): MeasuredPromise | null {
  const { promise = null } = policy;
  if (promise === null) return null;
  const { exits, classes, labels, samples } = cached;
  const final = argmaxRows(exits.at(-1) ?? new Float32Array(), classes);
  const byClass = promise.inEach === 'class';
  const lost = new Float64Array(byClass ? classes : 1);
  const seen = new Float64Array(lost.length);
  simulate(cached, policy).classes.forEach((answer, row) => {
    const label = labels?.[row];
    const group = byClass ? (label ?? 0) : 0;
    seen[group]!++;
    if (promise.loss === 'consistency') lost[group]! += Number(answer !== final[row]);
    else lost[group]! += Number(answer !== label) - Number(final[row] !== label);
  });
  const known = samples > 0 && (labels !== null || (promise.loss === 'consistency' && !byClass));
  const risks = [...lost].flatMap((sum, group) => (seen[group]! > 0 ? [sum / seen[group]!] : []));
  return { ...promise, measuredRisk: known ? Math.max(...risks) : null };
}
