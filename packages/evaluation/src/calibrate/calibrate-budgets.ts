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

/** The result of the budgeted protocol, with thresholds from the calibration split. */
export interface BudgetCurve {
  /** The calibration split. */
  readonly cached: CachedLogits;
  /** What accuracies and costs are measured on. */
  readonly measuredOn: { readonly split: 'calibration' | 'test'; readonly samples: number };
  readonly scaling: Scaling;
  readonly fits: readonly ConfidenceFit[];
  /** The cheapest first. */
  readonly points: readonly BudgetedPoint[];
  /** What each exit is worth if every sample leaves there; the final exit last. */
  readonly alone: ReturnType<typeof eachExitAlone>;
}

/**
 * The 39 budgets of MSDNet's budgeted batch protocol, thresholds from the calibration split. Accuracies and costs are
 * measured on the test split if its logits are given, as in the protocol, otherwise on the calibration split itself. A
 * curve is not a choice of thresholds, so there is nothing to store.
 *
 * @throws ArgumentError for a network without early exits, or logits of two networks; DataError for logits that are not
 *   finite
 */
export function calibrateBudgets(
  { metadata }: { readonly metadata: Pick<MultiExitMetadata, 'name' | 'exits' | 'classes' | 'staticMacs'> },
  { cached, sampleIds = [] }: CalibrationLogits,
  {
    scaling = 'none',
    test,
  }: {
    readonly scaling?: Scaling | undefined;
    /** Labelled logits of the test split. */
    readonly test?: CachedLogits | undefined;
  } = {},
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
  const measured = applyFits(test ?? cached, fits);
  const points = budgetedProtocol(applyFits(cached, fits), measured, { costs, temperatures });
  const measuredOn = {
    split: test === undefined ? ('calibration' as const) : ('test' as const),
    samples: measured.samples,
  };
  return { cached, measuredOn, scaling, fits, points, alone: eachExitAlone(measured, costs) };
}
