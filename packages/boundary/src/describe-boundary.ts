import { percent, ratio } from './numbers';
import type { Boundary } from './boundary';
import { shapes } from './points/shapes';

/** The title of the picture and what it shows, for those who do not see it. */
export function describeBoundary({ shape, exits, accuracy, averageMacs, staticMacs }: Boundary): {
  readonly title: string;
  readonly description: string;
} {
  const [first, last] = exits;
  const easy = percent(first.share);
  return {
    title: `${shape === null ? 'Your points' : shapes[shape].title}: ${easy} are easy`,
    description:
      `Test points in two classes, and the decision boundaries of a network with two exits. The first exit, with a simple boundary, answers ${easy}` +
      `${first.accuracy === null ? '' : `, ${percent(first.accuracy)} of them correctly`}; the last, with an expressive boundary, the rest` +
      `${last.accuracy === null ? '' : `, ${percent(last.accuracy)} correctly`}. In all ${percent(accuracy)} are right, for ${ratio(staticMacs / averageMacs)} fewer multiply-accumulates than without the early exit.`,
  };
}
