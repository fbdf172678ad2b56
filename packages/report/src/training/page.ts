import { count, duration, percent } from '@earlyexit/core/format';
import { html, type Markup, markup } from '../html';
import { exitColor } from '../plots/svg';
import { style } from '../style';
import { drawAccuracy, drawLoss } from './draw-curves';
import type { TrainingView } from './training-view';

const ownStyle = `
.state { display: inline-flex; align-items: center; gap: 8px; }
.state::before { content: ''; width: 9px; height: 9px; border-radius: 50%; background: var(--muted); }
.state.running::before { background: var(--good); }
.state.finished::before { background: var(--accent); }
.state.failed::before, .state.lost::before { background: var(--bad); }
progress { appearance: none; width: 100%; height: 8px; border: 0; margin-top: 22px; border-radius: 4px; overflow: hidden; background: var(--rule); }
progress::-webkit-progress-bar { background: var(--rule); }
progress::-webkit-progress-value { background: var(--accent); }
progress::-moz-progress-bar { background: var(--accent); }
.tiles { grid-template-columns: repeat(auto-fill, minmax(min(150px, 45%), 1fr)); margin-top: 16px; }
.tiles strong { font-size: 23px; white-space: nowrap; }
`;

// Updates replace the page's content; at the end the connection is closed and the page stays as it is.
const script = `
const source = new EventSource('events');
const show = (event) => {
  const { title, content } = JSON.parse(event.data);
  document.title = title;
  document.querySelector('main').innerHTML = content;
};
source.addEventListener('update', show);
source.addEventListener('end', (event) => { source.close(); show(event); });
source.onerror = () => {
  const state = document.querySelector('.state');
  if (state) { state.textContent = 'connection lost'; state.className = 'state lost'; }
};
`;

/** The whole page; it updates itself from `events` and requests nothing from other hosts. */
export function renderPage(view: TrainingView): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${pageTitle(view)}</title>
        <style>
          ${markup(style)}${markup(ownStyle)}
        </style>
      </head>
      <body>
        <main>${renderContent(view)}</main>
        <script>
          ${markup(script)};
        </script>
      </body>
    </html> `.text;
}

/** The title of the browser's tab, with the progress. */
export function pageTitle({ title, state, step, steps }: TrainingView): string {
  return state === 'running' && steps > 0
    ? `${percent(Math.floor((100 * step) / steps) / 100, 0)} · ${title}`
    : `${state} · ${title}`;
}

/** What changes while the training runs. */
export function renderContent(view: TrainingView): Markup {
  const { title, state, error, step, steps, epoch, epochs, validated, training, bestEpoch } = view;
  const last = validated.at(-1) ?? null;
  const accuracies = last?.validation?.accuracy ?? training.at(-1)?.accuracy ?? [];
  const source = last?.validation ? `on validation, epoch ${String(last.epoch)}` : 'while training';
  const loss = training.at(-1)?.loss ?? last?.trainLoss ?? null;
  return html`<header>
      <p class="eyebrow"><span class="state ${state}" role="status">${state}</span></p>
      <h1>${title}</h1>
      <p class="lead">${describeState(view)}</p>
      ${error === null ? null : html`<p class="lead">${error}</p>`}
      <progress value="${step}" max="${Math.max(1, steps)}" aria-label="steps"></progress>
      <ul class="tiles">
        ${tile(epochs === 0 ? '–' : `${String(epoch)} / ${String(epochs)}`, 'epoch')}
        ${view.secondsLeft === null ? null : tile(duration(view.secondsLeft), 'left')}
        ${tile(view.imagesPerSecond === null ? '–' : count(view.imagesPerSecond), 'images a second')}
        ${tile(loss === null ? '–' : loss.toPrecision(3), 'training loss')}
        ${view.exits.map((name, exit) => tile(percent(accuracies[exit] ?? null, 1), `${name}, ${source}`))}
        ${last?.validation?.summary ? tile(percent(last.validation.summary.top1, 1), 'with the thresholds') : null}
        ${bestEpoch === null ? null : tile(String(bestEpoch), 'best epoch')}
      </ul>
    </header>
    <section>
      <h2>Accuracy</h2>
      ${drawAccuracy(view)} ${legend(view)}
    </section>
    <section>
      <h2>Loss</h2>
      ${drawLoss(view)} ${legend(view)}
    </section>`;
}

function describeState({ state, step, steps }: TrainingView): string {
  const done = `${count(step)} of ${count(steps)} steps`;
  switch (state) {
    case 'starting':
      return 'The first step is on its way.';
    case 'running':
      return `${done} done.`;
    case 'finished':
      return step === 0
        ? 'Nothing was left to do.'
        : `Finished: ${done} done. This page is no longer updated.`;
    case 'interrupted':
      return `Interrupted and saved: ${done} done. It can be resumed.`;
    case 'failed':
      return `Failed: ${done} done.`;
  }
}

function tile(value: string, name: string): Markup {
  return html`<li><strong>${value}</strong><span>${name}</span></li>`;
}

function legend({ exits }: TrainingView): Markup {
  const chip = (exit: number): Markup =>
    markup(`<span class="chip" style="background:${exitColor(exit, exits.length)}"></span>`);
  return html`<ul class="legend">
    ${exits.map((name, exit) => html`<li>${chip(exit)}${name}</li>`)}
    <li>thin: training · thick: validation</li>
  </ul>`;
}
