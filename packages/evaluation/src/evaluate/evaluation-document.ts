import type { CriterionName, ExitStatistics, ExitSummary, ThresholdJson } from '@earlyexit/exit-criteria';
import type { AverageEnergy, EnergyEstimate } from '@earlyexit/profiler';
import type { EvaluationIntervals } from './evaluation-intervals';
import type { MeasuredPromise } from './measure-promise';
import type { MeasuredReject } from './measure-reject';

/** One exit's part of an evaluation. */
export type ExitEvaluation = ExitStatistics & { readonly name: string };

/** The origin of an evaluation, which its document states besides the figures. */
export interface EvaluationOrigin {
  /** The network's name. */
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  /** The engine that computed the logits. */
  readonly engine: string;
  /** One per exit, the final one last. */
  readonly exitNames: readonly string[];
  /** What leaving at each exit takes by an energy model, where the layers are known. */
  readonly energy?: EnergyEstimate | undefined;
}

/** What `evaluate --json` prints. The names and meanings of its fields are stable. */
export interface EvaluationDocument extends ExitSummary {
  /** The network's name. */
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  /** The engine that computed the logits. */
  readonly engine: string;
  readonly criterion: CriterionName;
  /** One per early exit; null if the exit is switched off. */
  readonly thresholds: readonly ThresholdJson[];
  /** One per exit, the final one last. */
  readonly temperatures: readonly number[];
  /** The final exit last. */
  readonly exits: readonly ExitEvaluation[];
  /** The calibration error of the probabilities of the answers given. */
  readonly expectedCalibrationError: number | null;
  /** Every sample leaves at the cheapest exit that is right, or at the cheapest one if none is. */
  readonly oracle: { readonly top1: number; readonly averageMacs: number } | null;
  /** The figures' confidence intervals; left out only by versions that had none. */
  readonly intervals?: EvaluationIntervals;
  /** The mean energy of a sample by an energy model; left out where the layers are not known. */
  readonly energy?: AverageEnergy;
  /** What calibration promised about these thresholds, and the risk on these samples; left out if nothing. */
  readonly promise?: MeasuredPromise;
  /** When the final exit declines, and the effect on these samples; left out if it always answers. */
  readonly reject?: MeasuredReject;
}
