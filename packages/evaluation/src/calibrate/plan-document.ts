import type { PlannedSize, RiskAim, Scaling } from '@earlyexit/calibration';
import type { CalibrationOrigin } from '@earlyexit/evaluation';
import type { CriterionName } from '@earlyexit/exit-criteria';

/** What `calibrate --plan --json` prints. */
export function planDocument(
  { model, dataset, engine }: CalibrationOrigin & { readonly model: string },
  goal: {
    readonly criterion: CriterionName;
    readonly scaling: Scaling;
    readonly aim: RiskAim;
    /** How many samples the plan is made from. */
    readonly pilot: number;
  },
  plan: readonly PlannedSize[],
) {
  const { criterion, scaling, aim, pilot: samples } = goal;
  const about = { model, dataset, split: 'calibration', samples, engine };
  return { ...about, criterion, scaling, aim, plan, saved: null };
}
