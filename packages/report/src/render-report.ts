import { count, percent, shortMacs } from '@earlyexit/core/format';
import type { ExampleImages } from './encode-examples';
import { html, markup, scriptJson } from './html';
import type { ReportData } from '@earlyexit/evaluation';
import { confusionSection } from './sections/confusion';
import { costTable } from './sections/cost-table';
import { examplesSection } from './sections/examples';
import { headerSection } from './sections/header';
import { possibleSection } from './sections/possible';
import { reliabilitySection } from './sections/reliability';
import { printableStrings } from './printable-strings';
import { exitColor } from './plots/svg';
import { drawWorkArea } from './plots/work-area';
import { style } from './style';

/**
 * Writes the report: one HTML document that needs no network, no script and no other file. Text from files and names is
 * escaped. Everything that it shows is also in it as JSON.
 *
 * @param given the result of `collectReport` of `@earlyexit/evaluation`
 * @param images the result of `encodeExamples`
 */
export function renderReport(given: ReportData, images: ExampleImages): string {
  const data = printableStrings(given);
  const { evaluation } = data;
  const { exits } = evaluation;
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
            ${headerSection(data)}

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
            ${scriptJson(given)}
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
