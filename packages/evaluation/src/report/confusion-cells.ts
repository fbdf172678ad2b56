import type { ReportData } from './report-data';

/**
 * For the samples that left at an exit, how often each class was answered with each other; only pairs that occur, in
 * order.
 */
export function confusionCells(
  labels: ArrayLike<number>,
  { exitIndex, classes: answers }: { readonly exitIndex: Int32Array; readonly classes: Int32Array },
  exit: number,
  classes: number,
): ReportData['confusion'][number]['cells'] {
  const counts = new Map<number, number>();
  exitIndex.forEach((left, row) => {
    if (left !== exit) return;
    const cell = labels[row]! * classes + answers[row]!;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  });
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([cell, count]) => ({ label: Math.floor(cell / classes), answer: cell % classes, count }));
}
