import * as Plot from '@observablehq/plot';
import type { FrontierLook } from './search-tasks';
import type { Look } from './scored-network';

const HEIGHT = 250;

/** Accuracy over cost: the best that thresholds can do, the final exit alone, and where the thresholds stand. */
export function frontierPicture(
  frontier: readonly FrontierLook[],
  { accuracy, averageMacs }: Look,
  {
    finalAccuracy,
    staticMacs,
    width,
  }: { readonly finalAccuracy: number; readonly staticMacs: number; readonly width: number },
): SVGSVGElement | HTMLElement {
  const point = (cost: number, right: number): { x: number; y: number } => ({
    x: (100 * cost) / staticMacs,
    y: 100 * right,
  });
  const line = frontier.map((look) => point(look.averageMacs, look.accuracy));
  const here = point(averageMacs, accuracy);
  const figure = Plot.plot({
    width,
    height: HEIGHT,
    marginLeft: 46,
    marginBottom: 38,
    style: { background: 'none', fontSize: '12px' },
    x: { label: 'average cost, % of the network without exits →', nice: true, ticks: 5 },
    y: { label: '↑ accuracy, %', nice: true, grid: true, ticks: 5 },
    marks: [
      Plot.ruleY([100 * finalAccuracy], { stroke: 'var(--vp-c-text-3)', strokeDasharray: '4 4' }),
      Plot.line(line, { x: 'x', y: 'y', stroke: 'var(--frontier)', strokeWidth: 2.5 }),
      Plot.dot([here], {
        x: 'x',
        y: 'y',
        r: 7,
        fill: 'var(--here)',
        stroke: 'var(--vp-c-bg)',
        strokeWidth: 2,
      }),
    ],
  });
  // One picture, one name: its parts have none of their own.
  for (const part of figure.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  figure.setAttribute('role', 'img');
  figure.setAttribute(
    'aria-label',
    `Accuracy and average cost: these thresholds reach ${here.y.toFixed(2)} % for ${here.x.toFixed(0)} % of the cost; the final exit alone ${(100 * finalAccuracy).toFixed(2)} %.`,
  );
  return figure;
}
