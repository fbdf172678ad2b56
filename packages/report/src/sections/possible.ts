import { count, percent, percentInterval, shortMacs } from '@earlyexit/core/format';
import type { Estimate, PairedComparison } from '@earlyexit/calibration';
import { describeDifference, type CurvePoint, type ReportData } from '@earlyexit/evaluation';
import { html, type Markup } from '../html';
import { drawAccuracyCost } from '../plots/accuracy-cost';
import { exitColor } from '../plots/svg';

/** What is possible: the picture of accuracy against cost, and its points as a table. */
export function possibleSection(data: ReportData): Markup {
  const { curve, evaluation } = data;
  const { split } = evaluation;
  const others = curve.compared.length > 0;
  const isSearched = curve.calibrationSamples > 0;
  return html`<section aria-labelledby="curve">
    <h2 id="curve">What accuracy costs, and what is possible</h2>
    <p>
      ${
        isSearched
          ? html`Each point of the curve is a set of thresholds found on the calibration split
            (${count(curve.calibrationSamples)} images). The chosen one was fixed before the test set was
            read.`
          : null
      }
      The <b>oracle</b> lets every image leave at the cheapest exit that is right, which no rule without the
      true labels can do; a rule that is worth something lies above what choosing exits
      <b>by chance</b> gives.
      ${others ? 'Networks are compared image by image (McNemar’s test, all comparisons counted): where no difference is shown, the figures are not to be ranked.' : null}
    </p>
    ${drawAccuracyCost(data)}
    <ul class="legend">
      ${
        isSearched
          ? html`<li><i class="stroke" style="color:var(--accent)"></i>on the ${split} images</li>
              <li>
                <i class="stroke dashed" style="color:var(--muted)"></i>on the calibration images, where the
                thresholds were found
              </li>`
          : null
      }
      <li><i class="stroke dotted" style="color:var(--chance)"></i>exits chosen by chance</li>
      ${others ? html`<li><i class="chip" style="background:var(--other)"></i>other networks</li>` : null}
    </ul>
    ${pointTable(data)}
  </section>`;
}

function pointTable({ curve, evaluation, summary }: ReportData): Markup {
  const { accuracyAtChosenCost } = curve.random;
  const { intervals } = evaluation;
  const exits = curve.exitsAlone.length;
  const row = (name: string, point: CurvePoint, color: string, more: Comparison = {}): Markup =>
    html`<tr>
      <th scope="row"><i class="chip" style="background:${color}"></i>${name}</th>
      <td>${percent(point.accuracy)}</td>
      <td>${more.interval ? percentInterval(more.interval) : null}</td>
      <td>${shortMacs(point.averageMacs)}</td>
      <td>${percent(point.share, 1)}</td>
      <td class="words wrap">${more.against ? describeDifference(more.against) : null}</td>
    </tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="the points of the picture">
    <table>
      <thead>
        <tr>
          <th scope="col">${evaluation.split} images</th>
          <th scope="col">right</th>
          <th scope="col">interval</th>
          <th scope="col">MACs</th>
          <th scope="col">of the<br />network</th>
          <th scope="col" class="words">right, against the<br />thresholds in use</th>
        </tr>
      </thead>
      <tbody>
        ${row('thresholds in use', curve.chosen, 'var(--accent)', { interval: intervals?.top1 })}
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
                row(`all leave at ${point.name}`, point, exitColor(exit, exits), {
                  interval: intervals?.exits[exit]?.top1All,
                }),
              )
        }
        ${row('without exits', curve.static, 'var(--ink)', {
          interval: intervals?.static.top1,
          against: turned(summary.againstStatic),
        })}
        ${curve.compared.map((network) =>
          row(
            network.earlyExits === 0
              ? `${network.name}, no exits`
              : `${network.name}, ${network.calibrated ? 'its own exits' : 'without its exits'}`,
            network,
            'var(--other)',
            { interval: network.accuracyInterval, against: network.against },
          ),
        )}
      </tbody>
    </table>
  </div>`;
}

/** A figure's interval, and its comparison with the thresholds in use. */
interface Comparison {
  readonly interval?: Estimate | null | undefined;
  readonly against?: Pick<PairedComparison, 'accuracyDifference' | 'isDifferent'>;
}

/** The same comparison with the second network put first. */
function turned({
  accuracyDifference: { value, low, high },
  isDifferent,
}: PairedComparison): Required<Comparison>['against'] {
  return { accuracyDifference: { value: -value, low: -high, high: -low }, isDifferent };
}
