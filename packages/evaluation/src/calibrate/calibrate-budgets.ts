import type { MultiExitMetadata } from '@earlyexit/branch-head';
import {
  applyFits,
  type BudgetedPoint,
  budgetedProtocol,
  type ConfidenceFit,
  eachExitAlone,
  fitConfidence,
  type Scaling,
} from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import { type CachedLogits, costsOf } from '@earlyexit/exit-criteria';
import type { CalibrationLogits } from './calibrate-model';
import { checkCalibrationLogits, noteMissingClasses } from './calibration-notes';

/** The budgeted protocol on the calibration split. */
export interface BudgetCurve {
  readonly cached: CachedLogits;
  readonly scaling: Scaling;
  readonly fits: readonly ConfidenceFit[];
  /** The cheapest first. */
  readonly points: readonly BudgetedPoint[];
  /** What each exit is worth if every sample leaves there; the final exit last. */
  readonly alone: ReturnType<typeof eachExitAlone>;
}

/**
 * The 39 budgets of MSDNet's budgeted batch protocol, thresholds and accuracies on the calibration split. A curve is no
 * choice, so that there is nothing to store.
 *
 * @throws ArgumentError for a network without early exits; DataError for logits that are not finite
 */
export function calibrateBudgets(
  { metadata }: { readonly metadata: Pick<MultiExitMetadata, 'name' | 'exits' | 'classes' | 'staticMacs'> },
  { cached, sampleIds = [] }: CalibrationLogits,
  { scaling = 'none' }: { readonly scaling?: Scaling | undefined } = {},
  { onNote }: WorkOptions = {},
): BudgetCurve {
  const exitNames = metadata.exits.map(({ name }) => name);
  const costs = costsOf(metadata);
  if (exitNames.length === 1) {
    throw new ArgumentError({
      function: 'calibrateBudgets',
      argument: 'budget',
      rule: 'budgets are spent at early exits',
      received: `${metadata.name}, which has none`,
    });
  }
  checkCalibrationLogits(cached, exitNames, sampleIds);
  const missing = noteMissingClasses(cached, metadata.classes);
  if (missing !== null) onNote?.({ level: 'warning', text: missing });
  const fits = fitConfidence(cached, cached, exitNames, scaling);
  const temperatures = fits.map(({ temperature }) => temperature);
  const scaled = applyFits(cached, fits);
  const points = budgetedProtocol(scaled, scaled, { costs, temperatures });
  return { cached, scaling, fits, points, alone: eachExitAlone(cached, costs) };
}
