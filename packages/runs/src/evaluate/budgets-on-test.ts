import type { WorkOptions } from '@earlyexit/core';
import { budgetDocument, calibrateBudgets } from '@earlyexit/evaluation';
import type { RunBudgets } from '../calibrate/budgets-of-run';
import type { OpenedEvaluation } from './open-evaluation';

/**
 * The budgeted batch protocol of a trained network, thresholds from its calibration split, measured on its test split.
 *
 * @throws ArgumentError for a network without early exits; DataError for a damaged image
 */
export async function budgetsOnTest(
  { model, about, logits }: OpenedEvaluation,
  work: WorkOptions = {},
): Promise<RunBudgets> {
  const cached = await logits('calibration', work);
  const curve = calibrateBudgets(model, { cached }, { test: await logits('test', work) });
  return { metadata: model.metadata, curve, document: budgetDocument(model, curve, about) };
}
