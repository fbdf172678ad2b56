import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { DEFAULT_AIM, searchThresholds, type ThresholdChoice } from '@earlyexit/calibration';
import { costsOf } from '@earlyexit/exit-criteria';
import type { Calibration } from './calibrate-model';

/** The whole accuracy–cost frontier on the samples that a calibration's thresholds were set on, the cheapest first. */
export function calibrationFrontier(
  { metadata }: { readonly metadata: Pick<MultiExitMetadata, 'exits' | 'staticMacs'> },
  { measured, policy, searched }: Calibration,
): readonly ThresholdChoice[] {
  if (searched !== null) return searched.frontier;
  const { criterion, temperatures } = policy;
  return searchThresholds(measured, { criterion, temperatures, costs: costsOf(metadata), aim: DEFAULT_AIM })
    .frontier;
}
