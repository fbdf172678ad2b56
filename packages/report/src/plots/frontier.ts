import { axisX, axisY, dot, frame, gridX, gridY, line, ruleX, text } from '@observablehq/plot';
import { percent } from '@earlyexit/core/format';
import { drawSvgFile } from './svg';

/** A point of the accuracy–cost plane. */
export interface FrontierMark {
  /** Mean cost as a share of the network without exits. */
  readonly share: number;
  /** Fraction of right answers. */
  readonly accuracy: number;
}

/** A line of the picture: one network, or one way to choose thresholds. */
export interface FrontierLine {
  readonly name: string;
  readonly points: readonly FrontierMark[];
  /** The thresholds in use; null where none are. */
  readonly chosen: FrontierMark | null;
}

/** What the picture shows. */
export interface FrontierPicture {
  readonly title: string;
  readonly lines: readonly FrontierLine[];
  /** Single points, such as the network without exits or a published figure. */
  readonly marks: readonly (FrontierMark & { readonly name: string })[];
}

// Okabe and Ito's colours, which stay apart for people who see colours differently.
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;
const WIDTH = 720;
const HEIGHT = 400;

/**
 * Draws which accuracy each cost buys as an SVG file of its own, on white, so that it looks the same wherever it is shown.
 * Costs are on a logarithmic scale: they are compared by ratio.
 */
export function drawFrontier({ title, lines, marks }: FrontierPicture): string {
  const named = lines.map((each, at) => ({ ...each, color: colors[at % colors.length]! }));
  const points = named.flatMap(({ name, color, points: all }) =>
    all.map((point) => ({ ...point, name, color })),
  );
  const chosen = named.flatMap(({ name, color, chosen: point }) =>
    point ? [{ ...point, name, color }] : [],
  );
  const everything: readonly FrontierMark[] = [...points, ...chosen, ...marks];
  const shares = everything.map(({ share }) => share);
  const accuracies = everything.map(({ accuracy }) => accuracy);
  const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
  const margin = Math.max((high - low) * 0.08, 0.0005);
  const at = { x: 'share', y: 'accuracy' } as const;
  const legend = named.map(({ name, color, chosen: point }) => ({
    color,
    label:
      point === null
        ? name
        : `${name}: ${percent(point.accuracy)}, ${(1 / point.share).toFixed(2)}× fewer MACs`,
  }));
  return drawSvgFile(title, {
    className: 'frontier',
    width: WIDTH,
    height: HEIGHT,
    ...{ marginLeft: 60, marginRight: 24, marginTop: 28, marginBottom: 46 },
    style: { background: '#ffffff', color: '#1d2733', fontFamily: 'Inter, Helvetica, Arial, sans-serif' },
    x: { type: 'log', domain: [Math.min(...shares) * 0.9, Math.max(1, ...shares) * 1.1] },
    y: { domain: [low - margin, Math.min(1, high + margin)] },
    marks: [
      frame({ stroke: '#c9d2dc' }),
      gridX({ ticks: 6, stroke: '#e3e8ee', strokeOpacity: 1 }),
      gridY({ ticks: 6, stroke: '#e3e8ee', strokeOpacity: 1 }),
      axisX({
        ticks: 6,
        tickFormat: (value: number) => percent(value, 0),
        label: 'mean cost, in MACs of the network without exits →',
      }),
      axisY({
        ticks: 6,
        tickFormat: (value: number) => percent(value, high - low < 0.02 ? 1 : 0),
        label: '↑ accuracy',
      }),
      ruleX([1], { stroke: '#8a96a3', strokeDasharray: '3 4' }),
      line(points, { ...at, z: 'name', stroke: 'color', strokeWidth: 2.2, curve: 'linear' }),
      dot(chosen, { ...at, r: 6, fill: 'color', stroke: '#ffffff', strokeWidth: 2 }),
      dot(marks, { ...at, r: 4.5, symbol: 'square', fill: '#55616e', stroke: '#ffffff' }),
      text(marks, {
        ...at,
        text: 'name',
        textAnchor: 'end',
        ...{ dx: 4, dy: -14, fill: '#55616e' },
      }),
      // Below and to the right of its curve a frontier leaves the picture empty.
      ...legend.map(({ label, color }, row) =>
        text([label], {
          frameAnchor: 'bottom-right',
          ...{
            dx: -52,
            dy: -14 - 19 * (legend.length - 1 - row),
            fontSize: 13,
            fontWeight: 600,
            fill: color,
          },
        }),
      ),
    ],
  });
}
