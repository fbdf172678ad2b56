import { figureTitles, formatFigure, type Reproduction } from '@earlyexit/reproduce';
import { readReproductions } from './measured-systems';

/** A recipe that was carried out, as the page shows it. */
export interface ShownReproduction extends Pick<
  Reproduction,
  'name' | 'title' | 'paper' | 'notes' | 'command' | 'seed'
> {
  readonly systems: readonly ShownSystem[];
  readonly rows: readonly {
    readonly system: string;
    readonly figure: string;
    readonly published: string;
    readonly ours: string;
    readonly source: string;
    readonly reason: string;
  }[];
}

/** A system that was trained: what thresholds give on the test split. */
export interface ShownSystem {
  readonly name: string;
  readonly about: string;
  readonly thresholdsFrom: string;
  readonly staticTop1: number;
  readonly staticMacs: number;
  /** At the thresholds that were chosen. */
  readonly here: { readonly averageMacs: number; readonly top1: number };
  readonly curve: readonly { readonly averageMacs: number; readonly top1: number }[];
}

declare const data: readonly ShownReproduction[];
export { data };

export default {
  load: (): readonly ShownReproduction[] =>
    readReproductions().map(({ name, title, paper, notes, command, seed, systems, comparison }) => ({
      ...{ name, title, paper, notes, command, seed },
      systems: systems.flatMap(({ name: system, about, thresholdsFrom, test, curve }) => {
        const { top1, averageMacs } = test;
        const { top1: staticTop1, macs: staticMacs } = test.static;
        if (top1 === null || averageMacs === null || staticTop1 === null || staticMacs === null) return [];
        const points = curve.map((point) => ({ averageMacs: point.averageMacs, top1: point.top1 }));
        return [
          {
            ...{ name: system, about, thresholdsFrom, staticTop1, staticMacs },
            here: { averageMacs, top1 },
            curve: points,
          },
        ];
      }),
      rows: comparison.map(({ system, figure, published, ours, source, reason }) => ({
        ...{ system, source, reason },
        figure: figureTitles[figure],
        published: formatFigure(figure, published),
        ours: formatFigure(figure, ours),
      })),
    })),
};
