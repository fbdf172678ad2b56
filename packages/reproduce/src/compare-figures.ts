import type { FigureName, Recipe } from './recipe';
import type { BarResult, ComparedFigure, SystemResult } from './result';

/** A figure of a system; null where it has none. */
export function figureOf(figure: FigureName, { test, trunkOnly }: SystemResult): number | null {
  const share = (exit: number): number | null =>
    exit < test.exits.length - 1 ? (test.exits[exit]?.share ?? null) : null;
  switch (figure) {
    case 'top1':
      return test.top1;
    case 'static-top1':
      return test.static.top1;
    case 'macs-ratio':
      return test.macsRatio;
    case 'trunk-ratio':
      return trunkOnly.macsRatio;
    case 'first-exit-share':
      return share(0);
    case 'second-exit-share':
      return share(1);
    case 'final-exit-share':
      return test.exits.at(-1)?.share ?? null;
  }
}

/** Every figure of the paper beside ours, in the order of the recipe. */
export function compareFigures(
  { published }: Pick<Recipe, 'published'>,
  systems: readonly SystemResult[],
): ComparedFigure[] {
  return published.map(({ system, figure, value, source, reason }) => ({
    ...{ system, figure, published: value, source, reason },
    ours: ofSystem(system, figure, systems),
  }));
}

/** Whether the systems reach what the recipe wants of its full form. */
export function checkBars({ bars }: Pick<Recipe, 'bars'>, systems: readonly SystemResult[]): BarResult[] {
  return bars.map(({ system, figure, least }) => {
    const ours = ofSystem(system, figure, systems);
    return { system, figure, least, ours, reached: ours !== null && ours >= least };
  });
}

function ofSystem(name: string, figure: FigureName, systems: readonly SystemResult[]): number | null {
  const found = systems.find((system) => system.name === name);
  return found === undefined ? null : figureOf(figure, found);
}
