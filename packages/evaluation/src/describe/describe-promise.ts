import { count, percent, pointsBelow } from '@earlyexit/core/format';
import type { MeasuredPromise } from '../evaluate/measure-promise';

/** A promise and what was measured, as a sentence without its full stop. */
export function describeMeasuredPromise(promise: MeasuredPromise, samples: number): string {
  const { statement, loss, measuredRisk } = promise;
  return `promised: ${statement}${measuredRisk === null ? '' : `; on these ${count(samples)} images ${describeRisk(loss, measuredRisk)}`}`;
}

/** A mean loss in the words of what it counts: `3.10 %` of the answers, or `0.40 points above`. */
export function describeRisk(loss: string, risk: number): string {
  return loss === 'consistency' ? percent(risk) : pointsBelow(risk);
}
