import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { Scaling } from '@earlyexit/calibration';
import {
  type BudgetCurve,
  type BudgetDocument,
  budgetDocument,
  calibrateBudgets,
} from '@earlyexit/evaluation';
import type { ModelPlace } from '../find-model';
import { loadRun } from '../open-run';
import { type CalibrateRunOptions, runCalibration } from './run-calibration';

/** The budgeted protocol of a network. */
export interface RunBudgets {
  readonly metadata: MultiExitMetadata;
  readonly curve: BudgetCurve;
  readonly document: BudgetDocument;
}

/**
 * The 39 budgets of the budgeted batch protocol on the calibration split of a trained network (`calibrateBudgets`).
 * Nothing is stored.
 *
 * @throws what `openCalibration` and `calibrateBudgets` throw
 */
export async function budgetsOfRun(
  place: ModelPlace,
  options: CalibrateRunOptions & { readonly scaling?: Scaling | undefined },
): Promise<RunBudgets> {
  const { scaling, ...open } = options;
  const run = await loadRun(place);
  const { logits, origin } = await runCalibration(run, open);
  const curve = calibrateBudgets(run.model, logits, { scaling }, options);
  return { metadata: run.model.metadata, curve, document: budgetDocument(run.model, curve, origin) };
}
