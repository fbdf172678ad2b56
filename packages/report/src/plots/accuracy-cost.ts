import { axisX, axisY, dot, gridY, line, ruleX, text } from '@observablehq/plot';
import { percent } from '@earlyexit/core/format';
import type { Markup } from '../html';
import type { CurvePoint, ReportData } from '@earlyexit/evaluation';
import { spreadLabels } from './spread-labels';
import { drawSvg, drawTwice, exitColor } from './svg';

/**
 * What is possible: the accuracy that each cost buys, with the thresholds in use, the oracle, each exit alone, random
 * mixtures of exits, the network without exits, and other networks.
 */
export function drawAccuracyCost({ curve, evaluation }: ReportData): Markup {
  const place = ({ accuracy, share }: CurvePoint): { x: number; y: number } => ({ x: share, y: accuracy });
  const test = curve.points.map((point) => place(point.test));
  const calibration = curve.points.map((point) => place(point.calibration));
  const chosen = place(curve.chosen);
  const random = randomLine(curve.random.corners).map(place);
  const marks = [
    ...curve.exitsAlone.map((point, exit) => ({
      ...place(point),
      label: point.name,
      symbol: 'diamond' as const,
      color: exitColor(exit, curve.exitsAlone.length),
      title: `everyone leaves at ${point.name}`,
    })),
    {
      ...place(curve.static),
      label: 'without exits',
      symbol: 'square' as const,
      color: 'var(--ink)',
      title: 'the same network without exits',
    },
    ...curve.compared.map((network) => ({
      ...place(network),
      label: network.name,
      symbol: 'triangle' as const,
      color: 'var(--other)',
      title:
        network.earlyExits === 0
          ? `${network.name}, a network without exits`
          : `${network.name}, another network${network.calibrated ? ' with its own exits' : ' without its exits'}`,
    })),
    {
      ...place(curve.oracle),
      label: 'oracle',
      symbol: 'star' as const,
      color: 'var(--oracle)',
      title: 'the oracle: every sample leaves at the cheapest exit that is right',
    },
  ];
  const everything = [...test, ...calibration, ...random, chosen, ...marks];
  const xs = everything.map(({ x }) => x);
  const ys = everything.map(({ y }) => y);
  const low = Math.min(...ys);
  const high = Math.max(...ys);
  const margin = Math.max((high - low) * 0.08, 0.0005);
  const digits = high - low < 0.02 ? 1 : 0;
  const label =
    `Accuracy against cost. Chosen: ${percent(chosen.y)} at ${percent(chosen.x, 0)} of the cost. ` +
    marks.map((mark) => `${mark.label}: ${percent(mark.y)} at ${percent(mark.x, 0)}`).join('. ');
  return drawTwice((width, narrow) => {
    const frame = { width, height: narrow ? 320 : 400, left: 56, right: 24, top: 24, bottom: 44 };
    const domain = {
      x: [Math.min(...xs) * 0.88, Math.max(1, ...xs) * 1.12] as const,
      y: [low - margin, Math.min(1, high + margin)] as const,
    };
    const labels = spreadLabels(
      [
        {
          ...chosen,
          label: `chosen: ${percent(chosen.y)}, ${(evaluation.macsRatio ?? 1).toFixed(2)}× cheaper`,
          strong: true,
        },
        ...marks.map((mark) => ({ x: mark.x, y: mark.y, label: mark.label, strong: false })),
      ],
      frame,
      domain,
      [...test, ...calibration, ...random],
    );
    return drawSvg(label, {
      width,
      height: frame.height,
      marginLeft: frame.left,
      marginRight: frame.right,
      marginTop: frame.top,
      marginBottom: frame.bottom,
      // Costs are compared by ratio, so 20 % and 40 % are as far apart as 40 % and 80 %.
      x: { type: 'log', domain: [...domain.x] },
      y: { domain: [...domain.y] },
      marks: [
        axisY({
          tickFormat: (value: number) => percent(value, digits),
          ticks: 5,
          label: '↑ accuracy',
          tickSize: 0,
        }),
        gridY({ ticks: 5, stroke: 'var(--rule)', strokeOpacity: 0.8 }),
        axisX({
          tickFormat: (value: number) => percent(value, 0),
          ticks: costTicks(domain.x, narrow),
          label: 'mean cost, in MACs of the network without exits →',
          tickSize: 4,
        }),
        ruleX([1], { stroke: 'var(--rule)', strokeDasharray: '3 4' }),
        line(random, {
          x: 'x',
          y: 'y',
          stroke: 'var(--chance)',
          strokeWidth: 1.6,
          strokeDasharray: '1.5 4',
          strokeLinecap: 'round',
        }),
        line(calibration, {
          x: 'x',
          y: 'y',
          stroke: 'var(--muted)',
          strokeWidth: 1.2,
          strokeDasharray: '4 4',
        }),
        line(test, { x: 'x', y: 'y', stroke: 'var(--accent)', strokeWidth: 2.5 }),
        dot(marks, {
          x: 'x',
          y: 'y',
          symbol: ({ symbol }: { symbol: string }) => symbol,
          r: 6,
          fill: 'color',
          stroke: 'var(--card)',
          strokeWidth: 1.5,
          title: ({ title, x, y }: (typeof marks)[number]) =>
            `${title}: ${percent(y)} at ${percent(x, 1)} of the cost`,
        }),
        dot([chosen], {
          x: 'x',
          y: 'y',
          r: 11,
          fill: 'none',
          stroke: 'var(--accent)',
          strokeWidth: 1.5,
          strokeOpacity: 0.5,
        }),
        dot([chosen], {
          x: 'x',
          y: 'y',
          r: 6.5,
          fill: 'var(--accent)',
          stroke: 'var(--card)',
          strokeWidth: 2,
          title: () => `the thresholds in use: ${percent(chosen.y)} at ${percent(chosen.x, 1)} of the cost`,
        }),
        ...labels.map(({ x, y, dx, dy, anchor, label: words, strong }) =>
          text([{ x, y }], {
            x: 'x',
            y: 'y',
            dx,
            dy,
            textAnchor: anchor,
            text: () => words,
            fontWeight: strong ? 650 : 400,
            fontSize: strong ? 13 : 12,
            fill: strong ? 'var(--accent)' : 'var(--muted)',
            stroke: 'var(--card)',
            strokeWidth: 4,
            paintOrder: 'stroke',
          }),
        ),
      ],
    });
  });
}

// On a logarithmic scale straight lines become curves.
const STEPS_BETWEEN_CORNERS = 16;

function randomLine(corners: readonly CurvePoint[]): CurvePoint[] {
  return corners.flatMap((corner, i) => {
    const next = corners[i + 1];
    if (next === undefined) return [corner];
    return Array.from({ length: STEPS_BETWEEN_CORNERS }, (_, step) => {
      const part = step / STEPS_BETWEEN_CORNERS;
      return {
        accuracy: corner.accuracy + part * (next.accuracy - corner.accuracy),
        averageMacs: corner.averageMacs + part * (next.averageMacs - corner.averageMacs),
        share: corner.share + part * (next.share - corner.share),
      };
    });
  });
}

const roundCosts = [0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 2];

/** Round costs inside the domain; fewer if there is less room. */
function costTicks([low, high]: readonly [number, number], narrow: boolean): number[] {
  const inside = roundCosts.filter((cost) => cost >= low && cost <= high);
  return narrow ? inside.filter((cost) => [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2].includes(cost)) : inside;
}
