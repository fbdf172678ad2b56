import type { CriterionName, ExitStatistics, ExitSummary, ThresholdJson } from '@earlyexit/exit-criteria';
import type { AverageEnergy, EnergyEstimate } from '@earlyexit/profiler';
import type { EvaluationIntervals } from './evaluation-intervals';
import type { MeasuredPromise } from './measure-promise';
import type { MeasuredReject } from './measure-reject';

/** One exit's part of an evaluation. */
export type ExitEvaluation = ExitStatistics & { readonly name: string };

/** Where an evaluation comes from: what it says of itself beside its figures. */
export interface EvaluationOrigin {
  /** The network's name. */
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  /** What computed the logits. */
  readonly engine: string;
  /** One an exit, the final one last. */
  readonly exitNames: readonly string[];
  /** What leaving at each exit takes by an energy model, where the layers are known. */
  readonly energy?: EnergyEstimate | undefined;
}

/** What `evaluate --json` prints. The names and meanings of its fields stay as they are. */
export interface EvaluationDocument extends ExitSummary {
  /** The network's name. */
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  /** What computed the logits. */
  readonly engine: string;
  readonly criterion: CriterionName;
  /** One an early exit; null where the exit is switched off. */
  readonly thresholds: readonly ThresholdJson[];
  /** One an exit, the final one last. */
  readonly temperatures: readonly number[];
  /** The final exit last. */
  readonly exits: readonly ExitEvaluation[];
  /** Of the probabilities of the answers given. */
  readonly expectedCalibrationError: number | null;
  /** Every sample leaves at the cheapest exit that is right, or at the cheapest one if none is. */
  readonly oracle: { readonly top1: number; readonly averageMacs: number } | null;
  /** The figures' confidence intervals; left out only by versions that had none. */
  readonly intervals?: EvaluationIntervals;
  /** The mean energy of a sample by an energy model; left out where the layers are not known. */
  readonly energy?: AverageEnergy;
  /** What calibration promised about these thresholds, and the risk on these samples; left out if nothing. */
  readonly promise?: MeasuredPromise;
  /** When the final exit declines, and what that brings on these samples; left out where it always answers. */
  readonly reject?: MeasuredReject;
}
