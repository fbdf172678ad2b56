import { axisX, axisY, dot, gridY, line, type Markish } from '@observablehq/plot';
import { percent } from '@earlyexit/core/format';
import type { Markup } from '../html';
import { drawSvg, drawTwice, exitColor } from '../plots/svg';
import type { TrainingView } from './training-view';

interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** The loss of every exit over the epochs: training thin, validation thick. */
export function drawLoss(view: TrainingView): Markup {
  const curves = curvesOf(
    view,
    ({ losses }) => losses,
    ({ validation }) => validation?.losses ?? [],
  );
  return draw('Loss', curves, view, {
    label: '↑ loss',
    format: (value) => String(Number(value.toPrecision(3))),
  });
}

/** The accuracy of every exit over the epochs, drawn likewise. */
export function drawAccuracy(view: TrainingView): Markup {
  const curves = curvesOf(
    view,
    ({ accuracy }) => accuracy,
    ({ validation }) => validation?.accuracy ?? [],
  );
  return draw('Accuracy', curves, view, {
    label: '↑ right',
    format: (value) => percent(value, 0),
    highest: 1,
  });
}

interface Curve {
  readonly name: string;
  readonly color: string;
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
}

function curvesOf(
  { exits, training, validated }: TrainingView,
  ofStep: (point: TrainingView['training'][number]) => readonly (number | null)[],
  ofEpoch: (metrics: TrainingView['validated'][number]) => readonly (number | null)[],
): Curve[] {
  const points = <Item>(
    items: readonly Item[],
    at: (item: Item) => number,
    value: (item: Item) => number | null | undefined,
  ): Point[] =>
    items.flatMap((item) => {
      const found = value(item);
      return found === null || found === undefined ? [] : [{ epoch: at(item), value: found }];
    });
  return exits.map((name, exit) => ({
    name,
    color: exitColor(exit, exits.length),
    training: points(
      training,
      ({ epoch }) => epoch,
      (point) => ofStep(point)[exit],
    ),
    validation: points(
      validated,
      ({ epoch }) => epoch,
      (metrics) => ofEpoch(metrics)[exit],
    ),
  }));
}

function draw(
  name: string,
  curves: readonly Curve[],
  { epochs }: TrainingView,
  axis: { label: string; format: (value: number) => string; highest?: number },
): Markup {
  const values = curves.flatMap(({ training, validation }) =>
    [...training, ...validation].map(({ value }) => value),
  );
  const low = Math.min(...values, axis.highest ?? Infinity);
  const high = Math.max(...values, low);
  const margin = Math.max((high - low) * 0.06, 0.005);
  const latest = curves.flatMap((curve) => {
    const last = curve.validation.at(-1) ?? curve.training.at(-1);
    return last === undefined ? [] : [`${curve.name} ${axis.format(last.value)}`];
  });
  const marks = curves.flatMap(({ training, validation, color, name: exit }): Markish[] => [
    line(training, { x: 'epoch', y: 'value', stroke: color, strokeWidth: 1.1, strokeOpacity: 0.55 }),
    line(validation, { x: 'epoch', y: 'value', stroke: color, strokeWidth: 2.4 }),
    dot(validation, {
      x: 'epoch',
      y: 'value',
      r: validation.length > 25 ? 2 : 3.5,
      fill: color,
      stroke: 'var(--card)',
      strokeWidth: validation.length > 25 ? 0 : 1.5,
      title: ({ epoch, value }: Point) =>
        `${exit}, epoch ${String(epoch)}: ${axis.format(value)} on validation`,
    }),
  ]);
  return drawTwice((width, narrow) =>
    drawSvg(`${name} over the epochs. ${latest.join(', ')}.`, {
      width,
      height: narrow ? 240 : 300,
      ...{ marginLeft: 48, marginRight: 18, marginTop: 24, marginBottom: 40 },
      x: { domain: [0, Math.max(1, epochs)] },
      y: { domain: [Math.max(0, low - margin), Math.min(axis.highest ?? Infinity, high + margin)] },
      marks: [
        gridY({ ticks: 5, stroke: 'var(--rule)', strokeOpacity: 0.8 }),
        axisY({ ticks: 5, tickSize: 0, label: axis.label, tickFormat: axis.format }),
        axisX({
          ticks: Math.min(Math.max(1, epochs), narrow ? 5 : 10),
          tickFormat: (value: number) => (Number.isInteger(value) ? String(value) : ''),
          label: 'epochs →',
          labelAnchor: 'right',
        }),
        ...marks,
      ],
    }),
  );
}
