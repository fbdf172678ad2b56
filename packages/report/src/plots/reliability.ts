import { axisX, axisY, dot, line, link } from '@observablehq/plot';
import { percent } from '@earlyexit/core/format';
import type { Markup } from '../html';
import type { Reliability, ReportData } from '@earlyexit/evaluation';
import { drawSvg } from './svg';

// With fewer samples in a bar its height is mostly chance; it gets a dot, but no line is drawn through it.
const FEWEST_FOR_LINE = 20;

/** One exit's confidence against its accuracy, before and after temperature scaling; larger dots hold more samples. */
export function drawReliability({ exit, before, after }: ReportData['reliability'][number]): Markup {
  const largest = Math.max(1, ...[before, after].flatMap(({ bins }) => bins.map((bin) => bin.count)));
  const points = ({ bins }: Reliability): { x: number; y: number; count: number; size: number }[] =>
    bins.flatMap(({ confidence, accuracy, count }) =>
      confidence === null || accuracy === null || count === 0
        ? []
        : [{ x: confidence, y: accuracy, count, size: 2.5 + 11 * Math.sqrt(count / largest) }],
    );
  const isCommon = ({ count }: { count: number }): boolean => count >= FEWEST_FOR_LINE;
  const title = (when: string) => (point: { x: number; y: number; count: number }) =>
    `${when} scaling: ${String(point.count)} samples, confidence ${percent(point.x, 1)}, right ${percent(point.y, 1)}`;
  const was = points(before);
  const is = points(after);
  return drawSvg(
    `Reliability of ${exit}: expected calibration error ${percent(before.expectedCalibrationError)} before and ${percent(after.expectedCalibrationError)} after temperature scaling.`,
    {
      width: 440,
      height: 400,
      marginLeft: 46,
      marginRight: 14,
      marginTop: 22,
      marginBottom: 40,
      x: { domain: [0, 1] },
      y: { domain: [0, 1] },
      r: { type: 'identity' },
      marks: [
        link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'var(--rule)', strokeWidth: 1.5 }),
        line(was.filter(isCommon), { x: 'x', y: 'y', stroke: 'var(--muted)', strokeDasharray: '3 3' }),
        dot(was, {
          x: 'x',
          y: 'y',
          r: 'size',
          stroke: 'var(--muted)',
          fill: 'var(--card)',
          title: title('before'),
        }),
        line(is.filter(isCommon), { x: 'x', y: 'y', stroke: 'var(--accent)', strokeWidth: 2 }),
        dot(is, {
          x: 'x',
          y: 'y',
          r: 'size',
          fill: 'var(--accent)',
          fillOpacity: 0.75,
          stroke: 'var(--card)',
          title: title('after'),
        }),
        axisX({
          ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
          tickFormat: (value: number) => percent(value, 0),
          label: 'confidence →',
          labelAnchor: 'right',
        }),
        axisY({
          ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
          tickFormat: (value: number) => percent(value, 0),
          label: '↑ right',
        }),
      ],
    },
  );
}
