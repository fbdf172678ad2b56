import type { MultiExitMetadata, PromiseMetadata, RejectMetadata } from '@earlyexit/branch-head';
import {
  type BudgetedPoint,
  type ConfidenceFit,
  type CrossFit,
  type EarlierPromises,
  policyConfidences,
  type Scaling,
} from '@earlyexit/calibration';
import {
  costsOf,
  type CriterionName,
  type ExitStatistics,
  type ThresholdJson,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import {
  type EvaluationIntervals,
  evaluationIntervals,
  INTERVAL_CONFIDENCE,
} from '../evaluate/evaluation-intervals';
import { correctOf } from '../evaluate/evaluate-policy';
import type { BudgetCurve } from './calibrate-budgets';
import type { Calibration } from './calibrate-model';
import type { CalibrationAim } from './calibration-aim';
import type { CandidatePromise } from './make-calibration-promise';

/** The origin of a calibration, which its document states besides the figures. */
export interface CalibrationOrigin {
  readonly dataset: string;
  /** The engine that computed the logits. */
  readonly engine: string;
}

/** A fit of confidence in plain JSON. */
export type ConfidenceFitJson = Omit<ConfidenceFit, 'vector'> & {
  readonly vector: { readonly scales: readonly number[]; readonly offsets: readonly number[] } | null;
};

/** The result of a calibration in plain JSON. The names and meanings of its fields are stable. */
export interface CalibrationDocument {
  /** The network's name. */
  readonly model: string;
  readonly dataset: string;
  readonly split: 'calibration';
  readonly samples: number;
  readonly fittedSamples: number;
  readonly thresholdSamples: number;
  readonly engine: string;
  readonly criterion: CriterionName;
  /** Null if thresholds were given. */
  readonly aim: Exclude<CalibrationAim, { thresholds: unknown }> | null;
  readonly scaling: Scaling;
  readonly thresholds: readonly ThresholdJson[];
  readonly temperatures: readonly number[];
  readonly promise: PromiseMetadata | null;
  readonly fits: readonly ConfidenceFitJson[];
  readonly exits: readonly (Pick<ExitStatistics, 'taken' | 'share' | 'top1' | 'top1All' | 'macs'> & {
    readonly name: string;
  })[];
  readonly top1: number | null;
  readonly static: Calibration['summary']['static'];
  readonly averageMacs: number | null;
  readonly macsRatio: number | null;
  /** Null if nothing was searched. */
  readonly exact: boolean | null;
  readonly guarantee: string | null;
  /** What to expect on new samples, cross-fitted, with intervals; null if nothing was searched. */
  readonly expected: CrossFit | null;
  /** The statement about new samples with the confidence asked for; null unless one was. */
  readonly confident: { readonly confidence: number; readonly statement: string } | null;
  /** The promises to choose among, all made on the same samples; null for a single one. */
  readonly several: {
    readonly deltaEach: number;
    readonly best: number;
    readonly statement: string;
    readonly candidates: readonly (Omit<CandidatePromise, 'thresholds'> & {
      readonly thresholds: readonly ThresholdJson[];
    })[];
  } | null;
  /** The risk within each class if that is promised, otherwise null. */
  readonly classRisks:
    readonly { readonly name: string; readonly samples: number; readonly empiricalRisk: number }[] | null;
  /** The values of several limits on the samples of the promise; null for a single one. */
  readonly joint: Calibration['joint'];
  /** When the final exit declines to answer; null if it always answers. */
  readonly reject: RejectMetadata | null;
  /** Earlier promises on the same samples. */
  readonly earlier: {
    readonly promises: readonly Pick<EarlierPromises['promises'][number], 'delta' | 'statement'>[];
    readonly spentDelta: number;
    readonly note: string | null;
  };
  /** The confidence intervals of the figures. */
  readonly intervals: EvaluationIntervals;
}

/** Builds the document of a calibration. */
export function calibrationDocument(
  { metadata }: { readonly metadata: Pick<MultiExitMetadata, 'name' | 'exits' | 'staticMacs' | 'classes'> },
  calibration: Calibration,
  { dataset, engine }: CalibrationOrigin,
): CalibrationDocument {
  const { aim, cached, criterion, fits, measured, policy, promise, scaling, searched, summary, confident } =
    calibration;
  return {
    model: metadata.name,
    dataset,
    split: 'calibration',
    samples: cached.samples,
    fittedSamples: calibration.fittedSamples,
    thresholdSamples: measured.samples,
    engine,
    criterion,
    aim: 'thresholds' in aim ? null : aim,
    scaling,
    thresholds: policy.thresholds.map(thresholdToJson),
    temperatures: policy.temperatures,
    promise,
    fits: fits.map(fitToJson),
    exits: summary.exits.map(({ taken, share, top1, top1All, macs }, exit) => ({
      name: metadata.exits[exit]?.name ?? '',
      ...{ taken, share, top1, top1All, macs },
    })),
    top1: summary.top1,
    static: summary.static,
    averageMacs: summary.averageMacs,
    macsRatio: summary.macsRatio,
    exact: searched?.exact ?? null,
    guarantee: searched?.guarantee ?? null,
    expected: calibration.expected,
    confident:
      confident === null
        ? null
        : { confidence: calibration.confidence ?? INTERVAL_CONFIDENCE, statement: confident.promise },
    several: calibration.several && {
      ...calibration.several,
      candidates: calibration.several.candidates.map(({ thresholds, ...candidate }) => ({
        ...candidate,
        thresholds: thresholds.map(thresholdToJson),
      })),
    },
    classRisks:
      calibration.classes?.map(({ group, samples, empiricalRisk }) => ({
        name: metadata.classes[group] ?? String(group),
        ...{ samples, empiricalRisk },
      })) ?? null,
    joint: calibration.joint ?? null,
    reject: calibration.reject,
    earlier: {
      promises: calibration.earlier.promises.map(({ delta, statement }) => ({ delta, statement })),
      spentDelta: calibration.earlier.spentDelta,
      note: calibration.earlier.note,
    },
    intervals: intervalsOf(metadata, calibration),
  };
}

/** The budgeted protocol in plain JSON. The names and meanings of its fields are stable. */
export interface BudgetDocument {
  readonly model: string;
  readonly dataset: string;
  readonly split: 'calibration';
  readonly samples: number;
  /** What accuracies and costs were measured on; thresholds come from the calibration split. */
  readonly measuredOn: BudgetCurve['measuredOn'];
  readonly engine: string;
  readonly criterion: 'max-probability';
  readonly aim: { readonly budget: true };
  readonly scaling: Scaling;
  readonly temperatures: readonly number[];
  readonly fits: readonly ConfidenceFitJson[];
  readonly exits: readonly {
    readonly name: string;
    readonly top1All: number | null;
    readonly macs: number;
  }[];
  readonly static: { readonly top1: number | null; readonly macs: number };
  readonly budgets: readonly (Omit<BudgetedPoint, 'thresholds'> & {
    readonly thresholds: readonly ThresholdJson[];
    /** `averageMacs` as a share of the plain network's. */
    readonly share: number;
  })[];
}

/** Builds the document of the budgeted protocol. */
export function budgetDocument(
  { metadata }: { readonly metadata: Pick<MultiExitMetadata, 'name' | 'exits' | 'staticMacs'> },
  { alone, cached, fits, measuredOn, points, scaling }: BudgetCurve,
  { dataset, engine }: CalibrationOrigin,
): BudgetDocument {
  const { exits, staticMacs } = metadata;
  return {
    model: metadata.name,
    dataset,
    split: 'calibration',
    samples: cached.samples,
    measuredOn,
    engine,
    criterion: 'max-probability',
    aim: { budget: true },
    scaling,
    temperatures: fits.map(({ temperature }) => temperature),
    fits: fits.map(fitToJson),
    exits: exits.map(({ name, macs }, exit) => ({ name, top1All: alone[exit]?.top1 ?? null, macs })),
    static: { top1: alone.at(-1)?.top1 ?? null, macs: staticMacs },
    budgets: points.map(({ thresholds, averageMacs, ...point }) => ({
      ...point,
      thresholds: thresholds.map(thresholdToJson),
      averageMacs,
      share: averageMacs / staticMacs,
    })),
  };
}

/** Typed arrays become lists, because JSON would turn them into objects with numbers for keys. */
function fitToJson({ vector, ...fit }: ConfidenceFit): ConfidenceFitJson {
  return { ...fit, vector: vector && { scales: [...vector.scales], offsets: [...vector.offsets] } };
}

function intervalsOf(
  metadata: Pick<MultiExitMetadata, 'exits' | 'staticMacs'>,
  { measured, policy, summary }: Calibration,
): EvaluationIntervals {
  const confidences = measured.labels && policyConfidences(measured, policy);
  return evaluationIntervals({
    exits: summary.exits,
    costs: costsOf(metadata),
    correct: confidences && confidences.correct,
    finalCorrect: measured.labels && correctOf(measured),
    confidences,
  });
}
