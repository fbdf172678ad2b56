import { count, energy, percent } from '@earlyexit/core/format';
import { html, type Markup } from '../html';
import { exitColor } from '../plots/svg';
import type { ReportData } from '@earlyexit/evaluation';

/** Every exit's cost and accuracy as a table. */
export function costTable({ costs, evaluation, summary }: ReportData): Markup {
  const { exits } = evaluation;
  return html`<section aria-labelledby="costs">
    <h2 id="costs">The numbers</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="costs">
      <table>
        <thead>
          <tr>
            <th scope="col">exit</th>
            <th scope="col" class="words">branches off after</th>
            <th scope="col">backbone<br />MACs</th>
            <th scope="col">own head<br />MACs</th>
            <th scope="col">MACs to<br />leave here</th>
            <th scope="col">of the<br />network</th>
            <th scope="col">left<br />here</th>
            <th scope="col">right of<br />those</th>
            <th scope="col">right if all<br />left here</th>
          </tr>
        </thead>
        <tbody>
          ${costs.map((cost, exit) => {
            const result = exits[exit];
            return html`<tr>
              <th scope="row">
                <i class="chip" style="background:${exitColor(exit, exits.length)}"></i>${cost.name}
              </th>
              <td class="words">
                ${cost.attachedAfter === null ? '–' : html`<code>${cost.attachedAfter}</code>`}
              </td>
              <td>${count(cost.backboneMacs)}</td>
              <td>${count(cost.headMacs)}</td>
              <td>${count(cost.cumulativeMacs)}</td>
              <td>${percent(cost.share, 1)}</td>
              <td>${count(result?.taken ?? 0)}</td>
              <td>${percent(result?.top1 ?? null)}</td>
              <td>${percent(result?.top1All ?? null)}</td>
            </tr>`;
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">with exits, on average</th>
            <td></td>
            <td></td>
            <td></td>
            <td>${count(evaluation.averageMacs ?? 0)}</td>
            <td>${percent(summary.costShare, 1)}</td>
            <td>${count(evaluation.samples)}</td>
            <td>${percent(evaluation.top1)}</td>
            <td></td>
          </tr>
          <tr>
            <th scope="row">without exits</th>
            <td></td>
            <td></td>
            <td></td>
            <td>${count(evaluation.static.macs ?? 0)}</td>
            <td>${percent(1, 1)}</td>
            <td>${count(evaluation.samples)}</td>
            <td>${percent(evaluation.static.top1)}</td>
            <td></td>
          </tr>
        </tfoot>
      </table>
    </div>
    ${
      evaluation.energy === undefined
        ? ''
        : html`<p>
            By the energy model <code>${evaluation.energy.model}</code> an image takes
            ${energy(evaluation.energy.averageMicrojoules)} instead of
            ${energy(evaluation.energy.staticMicrojoules)} without exits,
            <b>${evaluation.energy.ratio.toFixed(2)}× less</b>: an estimate of multiplications, additions and
            data that are moved once (${evaluation.energy.dtype}), not a measurement.
          </p>`
    }
  </section>`;
}
