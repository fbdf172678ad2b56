import type { Boundary } from './boundary';
import { describeBoundary } from './describe-boundary';
import { drawLegend } from './draw-legend';
import { drawPlot, PLOT_SIDE } from './draw-plot';
import { palette } from './palette';
import { element, text } from './svg';

// In pixels.
const WIDTH = 820;
const HEIGHT = 600;
const PLOT = { left: 28, top: 92 };

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
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" data-generator="earlyexit boundary" role="img" aria-labelledby="boundary-title boundary-description" font-family="Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif">`,
    element('title', { id: 'boundary-title' }, text(title)),
    element('desc', { id: 'boundary-description' }, text(description)),
    element('rect', { width: WIDTH, height: HEIGHT, fill: palette.paper }),
    element('text', { x: PLOT.left, y: 44, ...palette.title }, text(title)),
    element(
      'text',
      { x: PLOT.left, y: 70, ...palette.subtitle },
      text('The first exit draws a simple line; what lies too close to it goes on to the last.'),
    ),
    element('g', { transform: `translate(${PLOT.left},${PLOT.top})` }, drawPlot(boundary, palette)),
    drawLegend(boundary, { left: PLOT.left + PLOT_SIDE + 30, top: PLOT.top }),
    '</svg>\n',
  ].join('\n');
}
