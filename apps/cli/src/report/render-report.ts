import { count, percent, shortMacs } from '../terminal/format';
import { describeMeasuredPromise } from '../describe/promise';
import { html, markup, scriptJson } from './html';
import type { ReportData } from './report-data';
import { confusionSection } from './sections/confusion';
import { costTable } from './sections/cost-table';
import { type ExampleImages, examplesSection } from './sections/examples';
import { possibleSection } from './sections/possible';
import { reliabilitySection } from './sections/reliability';
import { exitColor } from './plots/svg';
import { drawWorkArea } from './plots/work-area';
import { style } from './style';

/**
 * Writes the report: one HTML document that needs no network, no script and no other file.
 *
 * @param images PNG files as data addresses, by row of the test split
 */
export function renderReport(data: ReportData, images: ExampleImages): string {
  const { evaluation } = data;
  const { exits } = evaluation;
  const { leaveEarly: early, accuracyDifference } = data.summary;
  const ratio = evaluation.macsRatio ?? 1;
  const against =
    Math.abs(accuracyDifference) < 0.00005
      ? 'exactly as often as the same network without exits'
      : `${(Math.abs(accuracyDifference) * 100).toFixed(2)} points ${accuracyDifference < 0 ? 'less' : 'more'} often than the same network without exits`;
  const promise =
    evaluation.promise === undefined
      ? null
      : describeMeasuredPromise(evaluation.promise, evaluation.samples).replace(/^p/, 'P');
  return `${
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="generator" content="earlyexit ${data.version}" />
          <title>${evaluation.model} on ${evaluation.dataset} · earlyexit report</title>
          <style>
            ${markup(style)}
          </style>
        </head>
        <body>
          <main>
            <header>
              <p class="eyebrow">
                ${evaluation.model} on ${evaluation.dataset} · ${count(evaluation.samples)}
                ${evaluation.split} images
              </p>
              <h1>
                ${percent(early, 1)} leave early: <em>${ratio.toFixed(2)}× less work</em> for
                ${percent(evaluation.top1)} right answers
              </h1>
              <p class="lead">
                ${exits.length === 2 ? 'One early exit lets' : exits.length === 1 ? 'No early exit lets' : `${count(exits.length - 1)} early exits let`}
                the easy images go before the whole network has run. An image costs
                <b>${shortMacs(evaluation.averageMacs)}</b> multiply-accumulates on average instead of
                <b>${shortMacs(evaluation.static.macs)}</b>, all heads counted, and
                ${percent(evaluation.top1)} of the answers are right: ${against}.
              </p>
              <ul class="tiles">
                <li>
                  <strong>${percent(evaluation.top1)}</strong
                  ><span>right, against ${percent(evaluation.static.top1)} without exits</span>
                </li>
                <li>
                  <strong>${ratio.toFixed(2)}×</strong><span>fewer multiply-accumulates on average</span>
                </li>
                <li><strong>${percent(early, 1)}</strong><span>of the images leave before the end</span></li>
                <li>
                  <strong>${percent(evaluation.expectedCalibrationError)}</strong
                  ><span>expected calibration error of the answers</span>
                </li>
              </ul>
              ${promise === null ? '' : html`<p>${promise}.</p>`}
            </header>

            <section aria-labelledby="work">
              <h2 id="work">Where the images leave</h2>
              <p>
                Every image is a thin line, as long as what it cost. The coloured area is the work that was
                done; the pale rectangle is the work of the same network without exits.
              </p>
              ${drawWorkArea(data)}
              <ul class="legend">
                ${exits.map(
                  ({ name, taken, share, top1, macs }, exit) =>
                    html`<li>
                      <i class="chip" style="background:${exitColor(exit, exits.length)}"></i
                      ><span
                        ><b>${name}</b> took <b>${count(taken)}</b> (${percent(share, 1)}) after
                        ${shortMacs(macs)}
                        MACs${top1 === null ? '' : html`, right on <b>${percent(top1)}</b> of them`}</span
                      >
                    </li>`,
                )}
              </ul>
            </section>

            ${possibleSection(data)} ${examplesSection(data, images)} ${confusionSection(data)}
            ${reliabilitySection(data)} ${costTable(data)}

            <footer>
              <p>
                Criterion <code>${evaluation.criterion}</code>, thresholds
                <code>${thresholdList(data)}</code>, temperatures
                <code>${evaluation.temperatures.map((value) => value.toFixed(3)).join(', ')}</code>, set on
                the calibration split alone. Costs are multiply-accumulates of convolutions and dense layers;
                leaving at an exit is charged with every head evaluated on the way. Computed on the engine
                <code>${evaluation.engine}</code>.
              </p>
              <p>
                Written by earlyexit ${data.version} on ${data.createdAt.slice(0, 10)}. Every number on this
                page is in the JSON inside it:
                <code>document.getElementById('report-data').textContent</code>.
              </p>
            </footer>
          </main>
          <script type="application/json" id="report-data">
            ${scriptJson(data)}
          </script>
        </body>
      </html>`.text
  }\n`;
}

function thresholdList({ evaluation }: ReportData): string {
  const { thresholds } = evaluation;
  if (thresholds.length === 0) return 'none';
  return thresholds
    .map((value) => (value === null ? 'never' : value === 'always' ? value : value.toPrecision(5)))
    .join(', ');
}
