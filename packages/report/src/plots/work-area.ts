import { axisX, axisY, rect, ruleX, text } from '@observablehq/plot';
import { percent, shortMacs } from '@earlyexit/core/format';
import type { Markup } from '../html';
import type { ReportData } from '@earlyexit/evaluation';
import { drawSvg, drawTwice, exitColor } from './svg';

// A bar thinner than this has no room for its label.
const SMALLEST_LABELLED_SHARE = 0.09;

/**
 * Every sample as a thin line whose length is what it cost, the samples that left first on top: the coloured area is
 * the work done, the outline is the work of the same network without exits.
 */
export function drawWorkArea({ evaluation }: ReportData): Markup {
  const { exits } = evaluation;
  const staticMacs = evaluation.static.macs ?? 0;
  let top = 0;
  const bars = exits.map(({ name, share, macs }, exit) => {
    const bar = {
      name,
      share,
      macs: macs ?? 0,
      from: top,
      to: top + share,
      color: exitColor(exit, exits.length),
    };
    top = bar.to;
    return bar;
  });
  const longest = Math.max(staticMacs, ...bars.filter(({ share }) => share > 0).map(({ macs }) => macs));
  const label = `Share of samples against cost. ${bars
    .map(({ name, share, macs }) => `${percent(share, 1)} left at ${name} after ${shortMacs(macs)} MACs`)
    .join('; ')}.`;
  return drawTwice((width, narrow) =>
    drawSvg(label, {
      width,
      height: narrow ? 260 : 300,
      marginLeft: 44,
      marginRight: narrow ? 14 : 24,
      marginTop: 24,
      marginBottom: 40,
      x: { domain: [0, longest * 1.02] },
      y: { domain: [1, 0] },
      marks: [
        rect([staticMacs], { x1: 0, x2: staticMacs, y1: 0, y2: 1, fill: 'var(--faint)', rx: 3 }),
        rect(bars, {
          x1: 0,
          x2: 'macs',
          y1: 'from',
          y2: 'to',
          fill: 'color',
          title: ({ name, share, macs }: (typeof bars)[number]) =>
            `${name}: ${percent(share)} of the samples, ${shortMacs(macs)} MACs each`,
        }),
        ruleX([staticMacs], { stroke: 'var(--ink)', strokeDasharray: '3 4' }),
        text([staticMacs], {
          x: staticMacs,
          y: 0,
          dy: -12,
          dx: narrow ? 6 : 12,
          textAnchor: 'end',
          text: () => 'without exits',
          fill: 'var(--muted)',
        }),
        ...bars
          .filter(({ share }) => share >= SMALLEST_LABELLED_SHARE)
          .map(({ name, share, macs, from, to }) => {
            const inside = macs > longest * 0.6;
            return text([{ x: macs, y: (from + to) / 2 }], {
              x: 'x',
              y: 'y',
              text: () => `${name} · ${percent(share, 1)}`,
              textAnchor: inside ? 'end' : 'start',
              dx: inside ? -10 : 10,
              fill: inside ? 'var(--on-bar)' : 'var(--ink)',
              fontWeight: 600,
              fontSize: 13,
            });
          }),
        axisX({
          ticks: narrow ? 4 : 6,
          tickFormat: (value: number) => shortMacs(value),
          label: 'MACs a sample →',
          labelAnchor: 'right',
        }),
        axisY({
          ticks: [0, 0.25, 0.5, 0.75, 1],
          tickFormat: (value: number) => percent(value, 0),
          label: null,
        }),
      ],
    }),
  );
}
