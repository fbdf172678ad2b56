import type { Boundary } from '@earlyexit/boundary';
import { count, percent } from '@earlyexit/core/format';

/** What `--json` prints: everything but the points and the grid. */
export function boundaryDocument(boundary: Boundary, files: readonly string[]): object {
  const { grid: _grid, test: _test, extent: _extent, isCalibrated, ...summary } = boundary;
  return { ...summary, calibrated: isCalibrated, files };
}

/** What the picture shows, in words. */
export function describeBoundary(
  { shape, exits: [first, last], accuracy, threshold, isCalibrated, averageMacs, staticMacs }: Boundary,
  files: readonly string[],
): string[] {
  const source = isCalibrated ? 'found on the calibration points' : 'as asked';
  return [
    `${shape}: the first exit answers ${percent(first.share, 1)} of the test points, the last the rest; ${percent(accuracy, 1)} are right`,
    `  alone, the first exit would be right on ${percent(first.accuracyOfAll, 1)}, the last on ${percent(last.accuracyOfAll, 1)}`,
    `  threshold ${threshold.toFixed(3)}, ${source}; ${count(Math.round(averageMacs))} of ${count(staticMacs)} MACs on average`,
    `wrote ${files.join(' and ')}`,
  ];
}
