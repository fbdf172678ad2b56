import type { PlannedSize, RiskAim, Scaling } from '@earlyexit/calibration';
import type { CriterionName } from '@earlyexit/exit-criteria';
import type { CalibrationOrigin } from './calibration-document';

/** A plan of calibration splits in plain JSON. */
export interface PlanDocument extends CalibrationOrigin {
  /** The network's name. */
  readonly model: string;
  readonly split: 'calibration';
  /** The number of samples that the plan is based on. */
  readonly samples: number;
  readonly criterion: CriterionName;
  readonly scaling: Scaling;
  readonly aim: RiskAim;
  readonly plan: readonly PlannedSize[];
  /** Nothing is stored. */
  readonly saved: null;
}

/** Builds the document of a plan. */
export function planDocument(
  { model, dataset, engine }: CalibrationOrigin & Pick<PlanDocument, 'model'>,
  { criterion, scaling, aim, samples }: Pick<PlanDocument, 'criterion' | 'scaling' | 'aim' | 'samples'>,
  plan: readonly PlannedSize[],
): PlanDocument {
  return {
    ...{ model, dataset, split: 'calibration', samples, engine },
    ...{ criterion, scaling, aim, plan, saved: null },
  };
}
