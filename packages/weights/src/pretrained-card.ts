import type { CriterionName, ExitStatistics, ExitSummary, ThresholdJson } from '@earlyexit/exit-criteria';

/** The files of a network, by what they are for. */
export type PretrainedFile = 'model' | 'weights' | 'onnx' | 'int8';

/** What a network reaches on its test images, with the thresholds that it ships with: figures of `evaluate --json`. */
export interface PretrainedEvaluation extends Omit<ExitSummary, 'exits'> {
  /** The final exit last. */
  readonly exits: readonly (ExitStatistics & { readonly name: string })[];
  readonly criterion: CriterionName;
  /** One per early exit; null where the exit is switched off. */
  readonly thresholds: readonly ThresholdJson[];
  /** One per exit, the final one last. */
  readonly temperatures: readonly number[];
  /** Of the probabilities of the answers given. */
  readonly expectedCalibrationError: number | null;
}

/** What there is to know of a trained network before it is loaded. */
export interface PretrainedCard {
  /** `architecture.tag`, such as `b_lenet.mnist`. */
  readonly name: string;
  /** The registered network that was trained. */
  readonly architecture: string;
  /** What tells these weights from others of the same network: the data set, and what else there is to say. */
  readonly tag: string;
  readonly description: string;
  readonly dataset: string;
  /** In the order of the logits. */
  readonly classes: readonly string[];
  /** Of one image: `[height, width, channels]`. */
  readonly inputShape: readonly number[];
  /** Weights and biases, those of the exits included. */
  readonly parameters: number;
  /** How the weights lie on disk; computing is done in 32 bits. */
  readonly precision: 'float32' | 'float16';
  readonly licence: string;
  /** Of the package that trained it. */
  readonly version: string;
  readonly seed: number;
  /** What was typed, in order: training, calibration, evaluation. */
  readonly commands: readonly string[];
  readonly evaluation: PretrainedEvaluation;
  /** The same of the int8 file, whose thresholds were set on its own logits. */
  readonly int8: Pick<PretrainedEvaluation, 'top1' | 'macsRatio'>;
  /** What is known to go wrong. */
  readonly limits: readonly string[];
  readonly files: Readonly<
    Record<PretrainedFile, { readonly path: string; readonly bytes: number; readonly sha256: string }>
  >;
}
