import { axisX, axisY, cell, text } from '@observablehq/plot';
import { plural } from '@earlyexit/core/format';
import type { Markup } from '../html';
import type { ReportData } from '@earlyexit/evaluation';
import { drawSvg } from './svg';

/** How often each class was answered with each other class, for the samples that left at one exit. */
export function drawConfusion(
  classes: readonly string[],
  { exit, cells, mistakes }: ReportData['confusion'][number],
): Markup {
  const perClass = new Map<number, number>();
  let most = 1;
  for (const { label, answer, count } of cells) {
    perClass.set(label, (perClass.get(label) ?? 0) + count);
    if (label !== answer) most = Math.max(most, count);
  }
  const drawn = cells.map(({ label, answer, count }) => ({
    label: classes[label] ?? '',
    answer: classes[answer] ?? '',
    count,
    right: label === answer,
    // Right answers by their share of the class; mistakes against the most frequent one, so that few still show.
    strength:
      label === answer
        ? 0.12 + 0.38 * (count / (perClass.get(label) ?? count))
        : // No stronger, because the number on it has to be readable in dark mode too.
          0.2 + 0.4 * Math.sqrt(count / most),
  }));
  const longest = Math.max(...classes.map((name) => name.length));
  const margin = Math.min(110, 22 + longest * 7);
  return drawSvg(`Confusion at ${exit}: ${plural(mistakes, 'mistake')}.`, {
    width: 430 + margin,
    height: 420 + (longest > 2 ? margin : 40),
    marginLeft: margin + 14,
    marginBottom: longest > 2 ? margin + 14 : 40,
    marginTop: 8,
    marginRight: 10,
    padding: 0.06,
    x: { domain: [...classes] },
    y: { domain: [...classes] },
    marks: [
      cell(
        classes.flatMap((label) => classes.map((answer) => ({ label, answer }))),
        { x: 'answer', y: 'label', fill: 'var(--faint)', fillOpacity: 0.6, rx: 2 },
      ),
      cell(drawn, {
        x: 'answer',
        y: 'label',
        fill: ({ right }: (typeof drawn)[number]) => (right ? 'var(--good)' : 'var(--bad)'),
        fillOpacity: ({ strength }: (typeof drawn)[number]) => strength,
        rx: 2,
        title: ({ label, answer, count }: (typeof drawn)[number]) =>
          `${label} answered as ${answer}: ${String(count)}`,
      }),
      text(drawn, {
        x: 'answer',
        y: 'label',
        text: ({ count }: (typeof drawn)[number]) => String(count),
        fontSize: 11.5,
        fill: 'var(--ink)',
      }),
      axisX({
        label: 'answer →',
        labelAnchor: 'right',
        tickSize: 0,
        ...(longest > 2 ? { tickRotate: -90 } : {}),
      }),
      axisY({ label: '↑ true class', tickSize: 0 }),
    ],
  });
}
