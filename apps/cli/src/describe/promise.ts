import type { MeasuredPromise } from '@earlyexit/evaluation';
import { count, percent } from '../terminal/format';

/** The promise and the measurement, as a sentence. */
export function describeMeasuredPromise(promise: MeasuredPromise, samples: number): string {
  const { statement, loss, measuredRisk } = promise;
  return `promised: ${statement}${measuredRisk === null ? '' : `; on these ${count(samples)} images ${describeRisk(loss, measuredRisk)}`}`;
}

/** A mean loss in the words of what it counts. */
export function describeRisk(loss: string, risk: number): string {
  return loss === 'consistency'
    ? percent(risk)
    : `${(Math.abs(risk) * 100).toFixed(2)} points ${risk < 0 ? 'above' : 'below'}`;
}
