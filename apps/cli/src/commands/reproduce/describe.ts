import { count, duration } from '@earlyexit/core/format';
import {
  type BarResult,
  figureTitles,
  formatFigure as show,
  type ReproducedFiles,
  type SystemResult,
} from '@earlyexit/reproduce';
import type { Colors } from '../../terminal/colors';
import { formatTable } from '../../terminal/table';

/** What came of a recipe, for people. */
export function describeReproduction({ result, path }: ReproducedFiles, colors: Colors): string[] {
  const columns = ['system', 'figure', '>paper', '>ours', 'source, and why'];
  const rows = result.comparison.map(({ system, figure, published, ours, source, reason }) => [
    ...[system, figureTitles[figure], show(figure, published), show(figure, ours)],
    `${source}; ${reason}`,
  ]);
  return [
    ...(result.form === 'quick' ? ['The quick form: it shows that everything runs, and nothing else.'] : []),
    ...result.systems.flatMap(describeSystem),
    '',
    ...formatTable(columns, rows, colors),
    '',
    ...[...result.notes, ...result.bars.map(describeBar)],
    `${duration(result.seconds)} in all; kept in ${path}`,
  ];
}

const chosen = {
  recipe: 'thresholds as published',
  calibration: 'thresholds chosen on calibration images',
  test: 'THRESHOLDS CHOSEN ON THE TEST IMAGES: too good to be true',
};

function describeSystem({ name, about, thresholdsFrom, test, trunkOnly, gains }: SystemResult): string[] {
  const [every, trunk] = [show('macs-ratio', test.macsRatio), show('trunk-ratio', trunkOnly.macsRatio)];
  const stages = (gains ?? []).map(
    ({ exit, admitted, gainMacs }) =>
      `  stage ${exit + 1} ${admitted ? 'admitted' : 'taken out'}: gain ${count(gainMacs)} operations on the training images`,
  );
  const end = `${every} fewer MACs (${trunk} with heads left out); ${chosen[thresholdsFrom]}`;
  return [`${name}: ${about}`, `  ${show('top1', test.top1)} right at ${end}`, ...stages];
}

function describeBar({ system, figure, least, ours, reached }: BarResult): string {
  const wanted = `${show(figure, ours)}, at least ${show(figure, least)} wanted`;
  return `${reached ? 'reached' : 'NOT REACHED'}: ${system}, ${figureTitles[figure]}: ${wanted}`;
}
