import type { StageGain } from '@earlyexit/calibration';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import type { ThresholdJson } from '@earlyexit/exit-criteria';
import type { FigureName, Recipe } from './recipe';

/** An accuracy (a fraction), what it costs on average, and the thresholds that give both. */
export interface CurvePoint {
  readonly averageMacs: number;
  readonly top1: number;
  /** One per early exit; `null` is never. */
  readonly thresholds: readonly ThresholdJson[];
}

/** What came of one system of a recipe. */
export interface SystemResult {
  readonly name: string;
  readonly about: string;
  readonly network: string;
  readonly training: Recipe['training'];
  /** How many samples each split has. */
  readonly samples: Readonly<Record<'train' | 'validation' | 'calibration' | 'test', number>>;
  /** Which samples the thresholds were chosen on: `test` is the paper's way, and no figure to rely on. */
  readonly thresholdsFrom: 'recipe' | 'calibration' | 'test';
  /** On the test split, every head counted. */
  readonly test: EvaluationDocument;
  /** The same answers with the cost of the heads left out, as several papers count it. */
  readonly trunkOnly: { readonly averageMacs: number; readonly macsRatio: number };
  /** Thresholds along the frontier of the samples that they were chosen on, and what they give on the test split. */
  readonly curve: readonly CurvePoint[];
  /** Whether each stage pays, by the rule of gains; null where the recipe does not ask. */
  readonly gains: readonly StageGain[] | null;
}

/** A figure of the paper beside ours. */
export interface ComparedFigure {
  readonly system: string;
  readonly figure: FigureName;
  readonly published: number | null;
  readonly source: string;
  /** Null where the system has no such figure. */
  readonly ours: number | null;
  /** Why they differ. */
  readonly reason: string;
}

/** Whether a system reaches what it is meant to. */
export interface BarResult {
  readonly system: string;
  readonly figure: FigureName;
  readonly least: number;
  readonly ours: number | null;
  readonly reached: boolean;
}

/** What computed it. */
export interface Machine {
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
  /** The engine of TensorFlow.js. */
  readonly engine: string;
}

/** What `reproduce` gives, and `results/NAME.json` holds. */
export interface Reproduction {
  readonly format: 'earlyexit-reproduction';
  readonly formatVersion: 1;
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly notes: readonly string[];
  /** `quick` shows that everything works, and none of its figures counts. */
  readonly form: 'full' | 'quick';
  /** What was typed; null where it was no command. */
  readonly command: string | null;
  /** Version of earlyexit. */
  readonly version: string;
  readonly seed: number;
  readonly machine: Machine;
  /** When it ended, ISO 8601. */
  readonly date: string;
  /** Of all trainings and evaluations, those before an interruption included. */
  readonly seconds: number;
  readonly systems: readonly SystemResult[];
  readonly comparison: readonly ComparedFigure[];
  /** Empty in the quick form. */
  readonly bars: readonly BarResult[];
}
