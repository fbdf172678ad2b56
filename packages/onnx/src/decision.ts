import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { getCriterion, type Threshold, thresholdFromJson, validatePolicy } from '@earlyexit/exit-criteria';
import type { GraphCriterionName } from './criteria/criterion-graph';
import type { ConditionalExportOptions } from './export-options';

/** How samples leave, with nothing left open. */
export interface Decision {
  readonly criterion: GraphCriterionName;
  /** `null` where none are known, which only an input allows. */
  readonly thresholds: readonly Threshold[] | null;
  readonly thresholdsAs: 'input' | 'constants';
  readonly temperatures: readonly number[];
}

/**
 * The decision that goes into the graph: what the options say, and for the rest what calibration stored.
 *
 * @throws ArgumentError if thresholds do not fit or are missing where they are needed, or the criterion needs labels
 */
export function resolveDecision(metadata: MultiExitMetadata, options: ConditionalExportOptions): Decision {
  const { policy: stored, exits } = metadata;
  const { name, needsLabels } = getCriterion(options.criterion ?? stored?.criterion ?? 'max-probability');
  if (name === 'cross-entropy-oracle' || needsLabels) {
    throw new ArgumentError({
      where: 'exportConditional(options.criterion)',
      rule: 'the criterion looks at no labels, which a graph does not have',
      received: name,
    });
  }
  const thresholds =
    options.thresholds ?? (stored?.criterion === name ? stored.thresholds.map(thresholdFromJson) : null);
  const temperatures = options.temperatures ?? stored?.temperatures ?? exits.map(() => 1);
  const { thresholdsAs = 'input' } = options;
  const early = exits.slice(0, -1);
  validatePolicy(
    { criterion: name, thresholds: thresholds ?? early.map(() => 'never'), temperatures },
    early.length,
  );
  if (thresholds === null && thresholdsAs === 'constants' && early.length > 0) {
    throw new ArgumentError({
      where: 'exportConditional(options.thresholds)',
      rule: `thresholds that are built in must be known, one for each of ${early.map((exit) => exit.name).join(', ')}`,
      received:
        stored === null
          ? 'none, and no calibrated policy'
          : `none for ${name}; those stored are for ${stored.criterion}`,
      remedy: "Calibrate the network, pass thresholds, or write them as an input (thresholdsAs: 'input')",
    });
  }
  return { criterion: name, thresholds, thresholdsAs, temperatures };
}
