import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import {
  capThresholds,
  type CriterionName,
  criterionWithoutLabels,
  findPolicy,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { getCriterionGraph } from './criteria/criterion-graphs';
import type { ConditionalExportOptions } from './export-options';

/** How samples leave, with every option resolved. */
export interface Decision {
  readonly criterion: CriterionName;
  /** `null` if none are known, which is allowed only if they are an input. */
  readonly thresholds: readonly Threshold[] | null;
  readonly thresholdsAs: 'input' | 'constants';
  readonly temperatures: readonly number[];
}

/**
 * The decision that goes into the graph: what the options say, otherwise what calibration stored.
 *
 * @throws ArgumentError if thresholds do not fit or are missing where they are needed, or the criterion needs labels or
 * has no graph
 */
export function resolveDecision(metadata: MultiExitMetadata, options: ConditionalExportOptions): Decision {
  const stored = metadata.policy;
  const { thresholdsAs = 'input' } = options;
  const { criterion, thresholds, temperatures } = findPolicy(metadata, options);
  criterionWithoutLabels(criterion, 'exportConditional');
  getCriterionGraph(criterion);
  const early = metadata.exits.slice(0, -1);
  if (thresholds === null && thresholdsAs === 'constants' && early.length > 0) {
    throw new ArgumentError({
      function: 'exportConditional',
      argument: 'thresholds',
      rule: `thresholds that are built in must be known, one for each of ${early.map((exit) => exit.name).join(', ')}`,
      received:
        stored === null
          ? 'none, and no calibrated policy'
          : `none for ${criterion}; those stored are for ${stored.criterion}`,
      remedy: (called) =>
        `Calibrate the network first, give ${called('thresholds')}, or make them an input (${called('thresholdsAs')})`,
    });
  }
  if (thresholds === null && options.maxMacs !== undefined) {
    throw new ArgumentError({
      function: 'exportConditional',
      argument: 'maxMacs',
      rule: 'a cap changes thresholds, so they are known',
      received: 'none',
      remedy: 'Calibrate the network, or pass thresholds',
    });
  }
  return {
    criterion,
    thresholds:
      thresholds === null
        ? null
        : capThresholds(thresholds, metadata.exits, options.maxMacs, 'exportConditional'),
    thresholdsAs,
    temperatures,
  };
}
