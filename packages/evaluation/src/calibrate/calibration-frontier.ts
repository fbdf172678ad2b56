import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { DEFAULT_AIM, frontierIntervals, type FrontierPoint, searchThresholds } from '@earlyexit/calibration';
import { costsOf } from '@earlyexit/exit-criteria';
import type { Calibration } from './calibrate-model';

/**
 * The whole accuracy–cost frontier on the samples that a calibration's thresholds were set on, the cheapest first, with
 * an interval for each figure.
 *
 * @throws ArgumentError without labels
 */
export function calibrationFrontier(
  { metadata }: { readonly metadata: Pick<MultiExitMetadata, 'exits' | 'staticMacs'> },
  { measured, policy, searched }: Pick<Calibration, 'measured' | 'policy' | 'searched'>,
): readonly FrontierPoint[] {
  const { criterion, temperatures } = policy;
  const costs = costsOf(metadata);
  const { frontier } =
    searched ?? searchThresholds(measured, { criterion, temperatures, costs, aim: DEFAULT_AIM });
  return frontierIntervals(measured, frontier, { criterion, temperatures, costs });
}
