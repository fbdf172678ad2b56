import type { Boundary } from './boundary';
import { contourPath } from './contour-path';
import { describeBoundary } from './describe-boundary';
import { drawLegend } from './draw-legend';
import { palette } from './palette';
import { element, pointMark, text } from './svg';

// In pixels.
const WIDTH = 820;
const HEIGHT = 600;
const PLOT = { left: 28, top: 92, side: 480 };
/** How far the plot shows the plane; what lies beyond is cut off. */
const SHOWN = 1.65;

/**
 * The decision-boundary picture as an SVG: the simple boundary of the first exit (dashed), the expressive one of the last
 * (solid where it decides), the hard region between what the first exit is sure of (hatched), and the test points, by the
 * exit that answered them. Blue and vermilion of Okabe and Ito's palette, which the colour-blind tell apart too; shapes,
 * dashes and hatching say everything a second time.
 *
 * @returns the whole file, 820 × 600, as text; pure: the same data give the same picture
 */
export function drawBoundary(boundary: Boundary): string {
  const { title, description } = describeBoundary(boundary);
  const outlines = outlinesOf(boundary);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" data-generator="earlyexit boundary" role="img" aria-labelledby="boundary-title boundary-description" font-family="Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif">`,
    element('title', { id: 'boundary-title' }, text(title)),
    element('desc', { id: 'boundary-description' }, text(description)),
    drawDefinitions(outlines),
    element('rect', { width: WIDTH, height: HEIGHT, fill: palette.paper }),
    element('text', { x: PLOT.left, y: 44, ...palette.title }, text(title)),
    element(
      'text',
      { x: PLOT.left, y: 70, ...palette.subtitle },
      text('The first exit draws a simple line; what lies too close to it goes on to the last.'),
    ),
    drawPlot(boundary, outlines),
    drawLegend(boundary, { left: PLOT.left + PLOT.side + 30, top: PLOT.top }),
    '</svg>\n',
  ].join('\n');
}

/** The outlines of where each exit says class 1, and of the hard region, as paths. */
type Outlines = Readonly<Record<'first' | 'last' | 'hard', string>>;

/** The grid is drawn so that the middle of the plane lies in the middle of the plot. */
function outlinesOf({ grid, extent, threshold }: Boundary): Outlines {
  const length = (PLOT.side * extent) / SHOWN;
  const outline = (values: Float32Array): string =>
    contourPath({ values, size: grid.size, start: (PLOT.side - length) / 2, length });
  const [first, last] = grid.differences;
  // Sure enough are those whose logits differ by at least this much.
  const sure = Math.log(threshold / (1 - threshold));
  const hard = first.map((difference) => Math.min(sure, 1e6) - Math.abs(difference));
  return { first: outline(first), last: outline(last), hard: outline(hard) };
}

function drawDefinitions({ hard }: Outlines): string {
  const stroke = element('path', { d: 'M0,0V7', stroke: palette.hatch, 'stroke-width': 2 });
  return element(
    'defs',
    {},
    element(
      'pattern',
      {
        ...{ id: 'boundary-hatch', width: 7, height: 7, patternUnits: 'userSpaceOnUse' },
        patternTransform: 'rotate(45)',
      },
      element('rect', { width: 7, height: 7, fill: palette.hard }) + stroke,
    ),
    element(
      'clipPath',
      { id: 'boundary-plot' },
      element('rect', { width: PLOT.side, height: PLOT.side, rx: 10 }),
    ),
    element('clipPath', { id: 'boundary-hard' }, element('path', { d: hard, 'clip-rule': 'evenodd' })),
  );
}

function drawPlot(boundary: Boundary, { first, last, hard }: Outlines): string {
  return element(
    'g',
    { transform: `translate(${PLOT.left},${PLOT.top})` },
    element(
      'g',
      { 'clip-path': 'url(#boundary-plot)' },
      element('rect', { width: PLOT.side, height: PLOT.side, fill: palette.easy }),
      element('path', {
        d: hard,
        fill: 'url(#boundary-hatch)',
        'fill-rule': 'evenodd',
      }),
      ...drawPoints(boundary),
      line(first, { ...palette.firstLine }),
      // Where the first exit answers, the last has no say.
      line(last, { ...palette.lastLine, 'stroke-opacity': 0.28, 'stroke-width': 1.6 }),
      element('g', { 'clip-path': 'url(#boundary-hard)' }, line(last, { ...palette.lastLine })),
    ),
    element('rect', { width: PLOT.side, height: PLOT.side, rx: 10, fill: 'none', stroke: palette.frame }),
  );
}

function line(d: string, look: Readonly<Record<string, string | number>>): string {
  return element('path', { d, fill: 'none', 'stroke-linejoin': 'round', ...look });
}

function drawPoints({ test }: Boundary): string[] {
  const { points, labels, exitIndex, answers } = test;
  const place = (coordinate: number): number => (PLOT.side * (1 + coordinate / SHOWN)) / 2;
  return Array.from(labels, (label, row) =>
    pointMark({
      x: place(points[2 * row]!),
      y: place(-points[2 * row + 1]!),
      label,
      color: exitIndex[row] === 0 ? palette.first : palette.last,
      isWrong: answers[row] !== label,
    }),
  );
}
