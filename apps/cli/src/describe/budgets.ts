import { count, percent, percentInterval, shortMacs } from '@earlyexit/core/format';
import { type BudgetCurve, INTERVAL_CONFIDENCE } from '@earlyexit/evaluation';
import type { Colors } from '../terminal/colors';
import { formatTable } from '../terminal/table';
import { showThreshold } from './threshold';

/** The budgeted protocol, a line a budget, and how to take one. */
export function describeBudgets(
  { alone, measuredOn, points, scaling }: BudgetCurve,
  about: {
    readonly argument: string;
    readonly model: string;
    readonly dataset: string;
    readonly exitNames: readonly string[];
    readonly curve: string | undefined;
    readonly colors: Colors;
    readonly staticMacs: number;
    /** The table of confidence, where it was scaled. */
    readonly confidence: readonly string[];
  },
): string[] {
  const { argument, model, dataset, exitNames, curve, colors, staticMacs, confidence } = about;
  const { samples, split } = measuredOn;
  const [middle] = points.slice(points.length / 2);
  const right = (title: string) => ({ title, align: 'right' as const });
  return [
    `${model} on ${dataset}: ${count(samples)} ${split} images, criterion max-probability`,
    'aim: the 39 budgets of the budgeted batch protocol (MSDNet)',
    '',
    ...(confidence.length === 0 ? [] : [...confidence, '']),
    ...formatTable(
      [
        right('skew'),
        ...exitNames.map((name) => right(`to ${name}`)),
        ...exitNames.slice(0, -1).map((name) => right(`threshold ${name}`)),
        ...['right', `${percent(INTERVAL_CONFIDENCE, 0)} interval`, 'MACs', 'of the plain network'].map(
          right,
        ),
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
