import { plural } from '@earlyexit/core/format';
import type { DrawnPhase } from './regime-pages';

/** The parts of a training from left to right, as wide as they are long. */
export function phaseRow(phases: readonly DrawnPhase[], label: string): string {
  const items = phases.map(
    ({ epochs, trains, exits }) =>
      `<li style="flex-grow: ${epochs}"><strong>${trains}</strong> learn${trains.endsWith('s') ? '' : 's'}<br>loss of ${exits}<br><small>${plural(epochs, 'epoch')}</small></li>`,
  );
  return `<ol class="phase-row" aria-label="${label}">\n${items.join('\n')}\n</ol>`;
}
