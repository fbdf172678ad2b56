import * as Plot from '@observablehq/plot';
import { costPlot } from '../cost-plot';
import type { FrontierLook } from './search-tasks';

const HEIGHT = 250;

/** An accuracy and what it costs. */
type Place = Pick<FrontierLook, 'accuracy' | 'averageMacs'>;

/** Accuracy over cost, in which a point can be moved. */
export interface FrontierPicture {
  readonly element: Element;
  /** Moves the point; false if it does not lie within the axes, so that the picture has to be drawn anew. */
  move(place: Place): boolean;
}

/** Draws the best that thresholds can do, the final exit alone, and where the thresholds stand. */
export function frontierPicture(
  frontier: readonly FrontierLook[],
  start: Place,
  how: { readonly finalAccuracy: number; readonly staticMacs: number; readonly width: number },
): FrontierPicture {
  const { finalAccuracy, staticMacs, width } = how;
  const pointOf = ({ accuracy, averageMacs }: Place): { x: number; y: number } => ({
    x: (100 * averageMacs) / staticMacs,
    y: 100 * accuracy,
  });
  const element = costPlot({
    width,
    height: HEIGHT,
    accuracy: 'accuracy',
    marks: [
      Plot.ruleY([100 * finalAccuracy], { stroke: 'var(--vp-c-text-3)', strokeDasharray: '4 4' }),
      Plot.line(frontier.map(pointOf), { x: 'x', y: 'y', stroke: 'var(--frontier)', strokeWidth: 2.5 }),
      Plot.dot([pointOf(start)], {
        ...{ x: 'x', y: 'y', r: 7, fill: 'var(--here)', stroke: 'var(--vp-c-bg)', strokeWidth: 2 },
        className: 'here',
      }),
    ],
  });
  const [x, y] = [element.scale('x')!, element.scale('y')!];
  const dot = element.querySelector('circle')!;
  const isOn = ([least, most]: readonly number[], value: number): boolean =>
    value >= least! && value <= most!;
  const move = (place: Place): boolean => {
    const here = pointOf(place);
    if (!isOn(x.domain as number[], here.x) || !isOn(y.domain as number[], here.y)) return false;
    dot.setAttribute('cx', String(x.apply(here.x)));
    dot.setAttribute('cy', String(y.apply(here.y)));
    element.setAttribute(
      'aria-label',
      `Accuracy and average cost: these thresholds reach ${here.y.toFixed(2)} % for ${here.x.toFixed(0)} % of the cost; the final exit alone ${(100 * finalAccuracy).toFixed(2)} %.`,
    );
    return true;
  };
  move(start);
  return { element, move };
}
