import { percent } from '@earlyexit/core/format';
import { html, type Markup } from '../html';
import { drawReliability } from '../plots/reliability';
import type { ReportData } from '@earlyexit/evaluation';

/** Whether confidence can be trusted, before and after temperature scaling. */
export function reliabilitySection({ evaluation, reliability }: ReportData): Markup {
  return html`<section aria-labelledby="reliability">
    <h2 id="reliability">Whether it knows how sure it may be</h2>
    <p>
      On the diagonal, an exit that says 90 % is right nine times out of ten. Each exit answers all
      ${evaluation.split} images here; larger dots hold more of them. The temperatures come from the
      calibration split.
    </p>
    <div class="pair">
      ${reliability.map(
        (entry) =>
          html`<div>
            <h3>${entry.exit}</h3>
            <p class="note">
              temperature ${entry.temperature.toFixed(3)} · calibration error
              ${percent(entry.before.expectedCalibrationError)} →
              <b>${percent(entry.after.expectedCalibrationError)}</b>
            </p>
            ${drawReliability(entry)}
          </div>`,
      )}
    </div>
    <ul class="legend">
      <li><i class="stroke dashed" style="color:var(--muted)"></i>before temperature scaling</li>
      <li><i class="stroke" style="color:var(--accent)"></i>after</li>
    </ul>
  </section>`;
}
