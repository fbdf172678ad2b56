import {
  type CachedLogits,
  type ExitCosts,
  type ExitPolicy,
  summarizeExits,
  type Threshold,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import type { CurvePoint } from './result';

/** What thresholds along a frontier, found on other samples, give on these; `cached` is labelled. */
export function frontierCurve(
  cached: CachedLogits,
  policy: Omit<ExitPolicy, 'thresholds'>,
  frontier: readonly (readonly Threshold[])[],
  costs: ExitCosts,
): CurvePoint[] {
  return frontier.map((thresholds) => {
    const { top1, averageMacs } = summarizeExits(cached, { ...policy, thresholds }, costs);
    return { averageMacs: averageMacs!, top1: top1!, thresholds: thresholds.map(thresholdToJson) };
  });
}

/** Points evenly along a frontier, both ends included. */
export function thinFrontier<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  const last = items.length - 1;
  return Array.from({ length: most }, (_, i) => items[Math.round((i * last) / (most - 1))]!);
}
