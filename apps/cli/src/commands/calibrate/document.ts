import type { PlannedSize, RiskAim, Scaling } from '@earlyexit/calibration';
import {
  type BudgetCurve,
  type BudgetDocument,
  budgetDocument,
  type Calibration,
  type CalibrationDocument,
  calibrationDocument,
} from '@earlyexit/evaluation';
import type { CriterionName } from '@earlyexit/exit-criteria';
import type { CalibrationBench } from '../../work/calibration-bench';

/** Where results were written. */
interface Written {
  /** The CSV file, if one was asked for. */
  readonly curve: string | null;
  /** The folder of the model; null where nothing was stored. */
  readonly saved: string | null;
}

/** What `calibrate --json` prints. */
export function calibrationOutput(
  bench: CalibrationBench,
  calibration: Calibration,
  curve: string | undefined,
): CalibrationDocument & Written {
  return {
    ...calibrationDocument(bench.model, calibration, bench),
    curve: curve ?? null,
    saved: bench.reference.directory,
  };
}

/** What `calibrate --budget --json` prints. */
export function budgetOutput(
  bench: CalibrationBench,
  found: BudgetCurve,
  curve: string | undefined,
): BudgetDocument & Written {
  return { ...budgetDocument(bench.model, found, bench), curve: curve ?? null, saved: null };
}

/** What `calibrate --plan --json` prints. */
export function planOutput(
  { dataset, engine, model }: CalibrationBench,
  plan: readonly PlannedSize[],
  aim: RiskAim,
  goal: { readonly criterion: CriterionName; readonly scaling: Scaling; readonly samples: number },
) {
  const { criterion, scaling, samples } = goal;
  const { name } = model.metadata;
  return {
    model: name,
    dataset,
    split: 'calibration',
    samples,
    engine,
    criterion,
    scaling,
    aim,
    plan,
    saved: null,
  };
}
