import { csvLine } from '@earlyexit/core';
import type { EpochMetrics } from '../epoch/epoch-metrics';

/**
 * One line an epoch, the columns fixed by the network's exits. A value that does not exist (an exit that was not
 * computed, a split or a policy that was not given) is empty. Accuracies and shares are fractions from 0 to 1.
 */
export function metricsCsv(history: readonly EpochMetrics[], exitNames: readonly string[]): string {
  const perExit = (prefix: string): string[] => exitNames.map((name) => `${prefix}_${name}`);
  const header = [
    ...['epoch', 'phase', 'step', 'learningRate', 'imagesPerSecond', 'waitShare', 'seconds', 'trainLoss'],
    ...perExit('trainLoss'),
    ...perExit('trainAccuracy'),
    'validationLoss',
    ...perExit('validationLoss'),
    ...perExit('validationAccuracy'),
    'validationTop1',
    ...perExit('validationShare'),
    ...perExit('validationTop1'),
  ];
  const none = exitNames.map(() => null);
  const lines = history.map((metrics) => {
    const { validation } = metrics;
    const summary = validation?.summary ?? null;
    return [
      ...[
        metrics.epoch,
        metrics.phase,
        metrics.step,
        metrics.learningRate,
        metrics.imagesPerSecond,
        metrics.waitShare,
      ],
      ...[metrics.seconds, metrics.trainLoss, ...metrics.trainLosses, ...metrics.trainAccuracy],
      ...[
        validation?.loss,
        ...(validation?.losses ?? none),
        ...(validation?.accuracy ?? none),
        summary?.top1,
      ],
      ...(summary?.exits.map((exit) => exit.share) ?? none),
      ...(summary?.exits.map((exit) => exit.top1) ?? none),
    ];
  });
  return [header, ...lines].map(csvLine).join('');
}
