import { count, percent, pointsBelow } from '@earlyexit/core/format';
import type { MeasuredPromise } from '../evaluate/measure-promise';

/** A promise and its measured risk, as a sentence without its full stop. */
export function describeMeasuredPromise(promise: MeasuredPromise, samples: number): string {
  const { statement, loss, measuredRisk, measuredJoint, inEach } = promise;
  const joint = Object.entries<number>({ ...measuredJoint }).map(
    ([what, value]) => `${what} ${percent(value)}`,
  );
  const measured =
    joint.length > 0
      ? joint.join(', ')
      : measuredRisk === null
        ? null
        : `${describeRisk(loss, measuredRisk)}${inEach === undefined ? '' : ` in the worst ${inEach}`}`;
  return `promised: ${statement}${measured === null ? '' : `; on these ${count(samples)} images ${measured}`}`;
}

/** A mean loss in words: `3.10 %` of the answers, or `0.40 points above`. */
export function describeRisk(loss: string, risk: number): string {
  return loss === 'consistency' ? percent(risk) : pointsBelow(risk);
}
