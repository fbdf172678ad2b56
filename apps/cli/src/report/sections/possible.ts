import { count, percent, shortMacs } from '../../terminal/format';
import { html, type Markup } from '../html';
import { drawAccuracyCost } from '../plots/accuracy-cost';
import { exitColor } from '../plots/svg';
import type { CurvePoint, ReportData } from '../report-data';

/** What is possible: the picture of accuracy against cost, and its points as a table. */
export function possibleSection(data: ReportData): Markup {
  const { curve, evaluation } = data;
  const { split } = evaluation;
  const others = curve.compared.length > 0;
  return html`<section aria-labelledby="curve">
    <h2 id="curve">What accuracy costs, and what is possible</h2>
    <p>
      Each point of the curve is a set of thresholds found on the calibration split
      (${count(curve.calibrationSamples)} images). The chosen one was fixed before the test set was read. The
      <b>oracle</b> lets every image leave at the cheapest exit that is right, which no rule without the true
      labels can do; a rule that is worth something lies above what choosing exits <b>by chance</b> gives.
    </p>
    ${drawAccuracyCost(data)}
    <ul class="legend">
      <li><i class="stroke" style="color:var(--accent)"></i>on the ${split} images</li>
      <li>
        <i class="stroke dashed" style="color:var(--muted)"></i>on the calibration images, where the
        thresholds were found
      </li>
      <li><i class="stroke dotted" style="color:var(--chance)"></i>exits chosen by chance</li>
      ${others ? html`<li><i class="chip" style="background:var(--other)"></i>other networks</li>` : null}
    </ul>
    ${pointTable(data)}
  </section>`;
}

function pointTable({ curve, evaluation }: ReportData): Markup {
  const { accuracyAtChosenCost } = curve.random;
  const exits = curve.exitsAlone.length;
  const row = (name: string, point: CurvePoint, color: string): Markup =>
    html`<tr>
      <th scope="row"><i class="chip" style="background:${color}"></i>${name}</th>
      <td>${percent(point.accuracy)}</td>
      <td>${shortMacs(point.averageMacs)}</td>
      <td>${percent(point.share, 1)}</td>
    </tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="the points of the picture">
    <table>
      <thead>
        <tr>
          <th scope="col">${evaluation.split} images</th>
          <th scope="col">right</th>
          <th scope="col">MACs</th>
          <th scope="col">of the<br />network</th>
        </tr>
      </thead>
      <tbody>
        ${row('thresholds in use', curve.chosen, 'var(--accent)')}
        ${
          accuracyAtChosenCost === null || exits === 1
            ? null
            : row(
                'exits by chance, same cost',
                { ...curve.chosen, accuracy: accuracyAtChosenCost },
                'var(--chance)',
              )
        }
        ${row('oracle', curve.oracle, 'var(--oracle)')}
        ${
          exits === 1
            ? null
            : curve.exitsAlone.map((point, exit) =>
                row(`all leave at ${point.name}`, point, exitColor(exit, exits)),
              )
        }
        ${row('without exits', curve.static, 'var(--ink)')}
        ${curve.compared.map((network) =>
          row(
            network.earlyExits === 0
              ? `${network.name}, no exits`
              : `${network.name}, ${network.calibrated ? 'its own exits' : 'without its exits'}`,
            network,
            'var(--other)',
          ),
        )}
      </tbody>
    </table>
  </div>`;
}
