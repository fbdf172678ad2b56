import {
  count,
  percent,
  percentInterval,
  pointsBelow,
  ratioInterval,
  shortMacs,
} from '@earlyexit/core/format';
import {
  describeDifference,
  describeExpected,
  describeMeasuredPromise,
  type ReportData,
} from '@earlyexit/evaluation';
import { html, type Markup } from '../html';

/** The result in a sentence and four figures with their intervals. */
export function headerSection(data: ReportData): Markup {
  const { evaluation, summary } = data;
  const { exits, intervals, promise } = evaluation;
  const ratio = evaluation.macsRatio ?? 1;
  return html`<header>
    <p class="eyebrow">
      ${evaluation.model} on ${evaluation.dataset} · ${count(evaluation.samples)} ${evaluation.split} images
    </p>
    <h1>
      ${percent(summary.leaveEarly, 1)} leave early: <em>${ratio.toFixed(2)}× less work</em> for
      ${percent(evaluation.top1)} right answers
    </h1>
    <p class="lead">
      ${exits.length === 2 ? 'One early exit lets' : exits.length === 1 ? 'No early exit lets' : `${count(exits.length - 1)} early exits let`}
      the easy images go before the whole network has run. An image costs
      <b>${shortMacs(evaluation.averageMacs)}</b> multiply-accumulates on average instead of
      <b>${shortMacs(evaluation.static.macs)}</b>, all heads counted, and ${percent(evaluation.top1)} of the
      answers are right. ${againstStatic(data)}
    </p>
    <ul class="tiles">
      ${tile(percent(evaluation.top1), [
        `right, against ${percent(evaluation.static.top1)} without exits`,
        intervals?.top1 ? percentInterval(intervals.top1) : null,
      ])}
      ${tile(`${ratio.toFixed(2)}×`, [
        'fewer multiply-accumulates on average',
        intervals?.macsRatio ? ratioInterval(intervals.macsRatio) : null,
      ])}
      ${tile(percent(summary.leaveEarly, 1), ['of the images leave before the end', null])}
      ${tile(percent(evaluation.expectedCalibrationError), [
        'expected calibration error of the answers',
        intervals?.expectedCalibrationError ? percentInterval(intervals.expectedCalibrationError) : null,
      ])}
    </ul>
    ${intervals === undefined ? null : html`<p class="note">Ranges are ${percent(intervals.confidence, 0)} confidence intervals.</p>`}
    ${promise === undefined ? null : html`<p>${describeMeasuredPromise(promise, evaluation.samples).replace(/^p/, 'P')}.</p>`}
    ${data.expected === null ? null : html`<p>${expectation(data)}</p>`}
  </header>`;
}

/** What calibration expected of the thresholds, and the actual result. */
function expectation({ expected, summary, evaluation }: ReportData): string {
  const { split } = evaluation;
  return `${describeExpected(expected!, expected!.confidence)} On these ${split} images: ${pointsBelow(-summary.accuracyDifference)}.`;
}

function againstStatic({ summary }: ReportData): string {
  const { accuracyDifference, isDifferent } = summary.againstStatic;
  const { value, low, high } = accuracyDifference;
  if (value === 0 && low === 0 && high === 0)
    return 'The same network without exits is right exactly as often.';
  const difference = describeDifference(summary.againstStatic);
  return isDifferent
    ? `That is ${difference.replace(' (', ' the same network without exits (')}.`
    : `Against the same network without exits there is ${difference}.`;
}

function tile(figure: string, [words, interval]: readonly [string, string | null]): Markup {
  return html`<li>
    <strong>${figure}</strong
    ><span>${words}</span>${interval === null ? null : html`<span>${interval}</span>`}
  </li>`;
}
