import type { Boundary } from './boundary';
import { contourPath } from './contour-path';
import { describeBoundary } from './describe-boundary';
import { palette } from './palette';
import { element, pointMark, text } from './svg';

/** Colours of a plot, as CSS writes them; on a page they may be variables, `var(--easy)`. */
export type PlotColors = Readonly<
  Record<
    'paper' | 'frame' | 'first' | 'last' | 'firstEdge' | 'lastEdge' | 'easy' | 'hard' | 'hatch' | 'wrong',
    string
  >
>;

/** Pixels of the plot. */
export const PLOT_SIDE = 480;
/** How far the plot shows the plane in each direction; what lies beyond is cut off. */
export const PLOT_EXTENT = 1.65;

/**
 * The plot of the decision-boundary picture without legend and title, as an SVG of its own: 480 × 480, showing the plane
 * from −1.65 to 1.65 (`PLOT_EXTENT`); what it shows is told to those who do not see it.
 *
 * @param colors those that differ from the picture's
 */
export function drawBoundaryPlot(boundary: Boundary, colors: Partial<PlotColors> = {}): string {
  const { title, description } = describeBoundary(boundary);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PLOT_SIDE} ${PLOT_SIDE}" role="img" aria-labelledby="boundary-title boundary-description">`,
    element('title', { id: 'boundary-title' }, text(title)),
    element('desc', { id: 'boundary-description' }, text(description)),
    drawPlot(boundary, { ...palette, ...colors }),
    '</svg>\n',
  ].join('\n');
}

/** The plot with what it refers to, at the origin. */
export function drawPlot(boundary: Boundary, colors: PlotColors): string {
  const outlines = outlinesOf(boundary);
  const { first, last, hard } = outlines;
  const lastLine = { ...palette.lastLine, stroke: colors.lastEdge };
  return [
    drawDefinitions(outlines, colors),
    element(
      'g',
      { 'clip-path': 'url(#boundary-plot)' },
      element('rect', { width: PLOT_SIDE, height: PLOT_SIDE, fill: colors.easy }),
      element('path', { d: hard, fill: 'url(#boundary-hatch)', 'fill-rule': 'evenodd' }),
      ...drawPoints(boundary, colors),
      line(first, { ...palette.firstLine, stroke: colors.firstEdge }),
      // Where the first exit answers, the last has no say.
      line(last, { ...lastLine, 'stroke-opacity': 0.28, 'stroke-width': 1.6 }),
      element('g', { 'clip-path': 'url(#boundary-hard)' }, line(last, lastLine)),
    ),
    element('rect', { width: PLOT_SIDE, height: PLOT_SIDE, rx: 10, fill: 'none', stroke: colors.frame }),
  ].join('\n');
}

/** The outlines of where each exit says class 1, and of the hard region, as paths. */
type Outlines = Readonly<Record<'first' | 'last' | 'hard', string>>;

/** Boundaries stay where they are while a threshold is moved: each is outlined once. */
const outlined = new WeakMap<Float32Array, string>();

function outlinesOf({ grid, extent, threshold }: Boundary): Outlines {
  const outline = (values: Float32Array): string => outlineField(values, grid.size, extent);
  const boundaryOf = (values: Float32Array): string => {
    const known = outlined.get(values) ?? outline(values);
    outlined.set(values, known);
    return known;
  };
  const [first, last] = grid.differences;
  // Sure enough are those whose logits differ by at least this much.
  const sure = Math.log(threshold / (1 - threshold));
  const hard = first.map((difference) => Math.min(sure, 1e6) - Math.abs(difference));
  return { first: boundaryOf(first), last: boundaryOf(last), hard: outline(hard) };
}

/** The grid is drawn so that the middle of the plane lies in the middle of the plot. */
function outlineField(values: Float32Array, size: number, extent: number): string {
  const length = (PLOT_SIDE * extent) / PLOT_EXTENT;
  return contourPath({ values, size, start: (PLOT_SIDE - length) / 2, length });
}

function drawDefinitions({ hard }: Outlines, colors: PlotColors): string {
  const stroke = element('path', { d: 'M0,0V7', stroke: colors.hatch, 'stroke-width': 2 });
  return element(
    'defs',
    {},
    element(
      'pattern',
      {
        ...{ id: 'boundary-hatch', width: 7, height: 7, patternUnits: 'userSpaceOnUse' },
        patternTransform: 'rotate(45)',
      },
      element('rect', { width: 7, height: 7, fill: colors.hard }) + stroke,
    ),
    element(
      'clipPath',
      { id: 'boundary-plot' },
      element('rect', { width: PLOT_SIDE, height: PLOT_SIDE, rx: 10 }),
    ),
    element('clipPath', { id: 'boundary-hard' }, element('path', { d: hard, 'clip-rule': 'evenodd' })),
  );
}

function line(d: string, look: Readonly<Record<string, string | number>>): string {
  return element('path', { d, fill: 'none', 'stroke-linejoin': 'round', ...look });
}

function drawPoints({ test }: Boundary, colors: PlotColors): string[] {
  const { points, labels, exitIndex, answers } = test;
  const place = (coordinate: number): number => (PLOT_SIDE * (1 + coordinate / PLOT_EXTENT)) / 2;
  return Array.from(labels, (label, row) =>
    pointMark({
      x: place(points[2 * row]!),
      y: place(-points[2 * row + 1]!),
      label,
      color: exitIndex[row] === 0 ? colors.first : colors.last,
      edge: answers[row] === label ? null : colors.wrong,
      paper: colors.paper,
    }),
  );
}
