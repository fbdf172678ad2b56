import type { RiskAim, Scaling } from '@earlyexit/calibration';
import { type PlanDocument, planCalibrationSizes, planDocument } from '@earlyexit/evaluation';
import type { CriterionName } from '@earlyexit/exit-criteria';
import type { ModelPlace } from '../find-model';
import { loadRun } from '../open-run';
import { type CalibrateRunOptions, runCalibration } from './run-calibration';

/**
 * What calibration splits of several sizes would bring a trained network under a promise (`planCalibrationSizes`).
 * Nothing is stored.
 *
 * @throws what `openCalibration` and `planCalibrationSizes` throw
 */
export async function planRun(
  place: ModelPlace,
  goal: { readonly criterion: CriterionName; readonly scaling: Scaling; readonly aim: RiskAim },
  options: CalibrateRunOptions,
): Promise<PlanDocument> {
  const run = await loadRun(place);
  const { name: model } = run.model.metadata;
  const { logits, origin, seed } = await runCalibration(run, options);
  const plan = planCalibrationSizes(run.model, logits, { ...goal, seed }, options);
  const { samples } = logits.cached;
  return planDocument({ model, ...origin }, { ...goal, samples }, plan);
}
