import { count, percent, percentInterval, shortMacs } from '@earlyexit/core/format';
import { INTERVAL_CONFIDENCE } from '@earlyexit/evaluation';
import type { RunBudgets } from '@earlyexit/runs';
import type { Colors } from '../terminal/colors';
import { formatTable } from '../terminal/table';
import { showThreshold } from './threshold';

/** The budgeted protocol, a line a budget, and how to take one. */
export function describeBudgets(
  { metadata, curve: { alone, measuredOn, points, scaling }, document }: RunBudgets,
  {
    argument,
    curve,
    colors,
    confidence = [],
  }: {
    /** The MODEL operand, as it was typed. */
    readonly argument: string;
    readonly curve: string | undefined;
    readonly colors: Colors;
    /** The table of confidence, where it was scaled. */
    readonly confidence?: readonly string[];
  },
): string[] {
  const { name: model, exits, staticMacs } = metadata;
  const { samples, split } = measuredOn;
  const [middle] = points.slice(points.length / 2);
  return [
    `${model} on ${document.dataset}: ${count(samples)} ${split} images, criterion max-probability`,
    'aim: the 39 budgets of the budgeted batch protocol (MSDNet)',
    '',
    ...(confidence.length === 0 ? [] : [...confidence, '']),
    ...formatTable(
      [
        '>skew',
        ...exits.map(({ name }) => `>to ${name}`),
        ...exits.slice(0, -1).map(({ name }) => `>threshold ${name}`),
        ...['>right', `>${percent(INTERVAL_CONFIDENCE, 0)} interval`, '>MACs', '>of the plain network'],
      ],
      points.map(({ skew, targetShares, thresholds, accuracy, averageMacs, intervals }) => [
        skew.toFixed(2),
        ...targetShares.map((share) => percent(share, 1)),
        ...thresholds.map(showThreshold),
        percent(accuracy),
        percentInterval(intervals.accuracy),
        shortMacs(averageMacs),
        percent(averageMacs / staticMacs, 1),
      ]),
      colors,
    ),
    '',
    `the final exit alone is ${percent(alone.at(-1)?.top1 ?? null)} right; ${
      split === 'test'
        ? 'thresholds were set on the calibration images'
        : 'thresholds and accuracies are of the same calibration images; earlyexit evaluate --budget measures them on the test images'
    }`,
    ...(curve === undefined ? [] : [`written to ${curve}`]),
    'nothing was stored: a curve is no choice. To take a line of it:',
    `  earlyexit calibrate ${argument} --scaling ${scaling} --earlyexit ${(middle?.thresholds ?? []).map(String).join(' ')}`,
  ];
}
