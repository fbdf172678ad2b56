import type { Quantization } from './quantize/activation-range';
import type { CriterionName, Threshold } from '@earlyexit/exit-criteria';

/** Old enough for runtimes of 2023; under an older one OpenVINO misreads `ReduceLogSumExp`. */
export const DEFAULT_OPSET = 18;
/** The oldest version that has every operator in the form that is written. */
export const OLDEST_OPSET = 13;
/** The newest version that the tests read back. */
export const NEWEST_OPSET = 21;

/** Options of every export. */
export interface ExportOptions {
  /** The version of ONNX's operators, 13 to 21; 18 unless given. */
  readonly opset?: number;
  /**
   * Ranges from `measureRanges`: weights become int8, one scale for each output channel, and activations uint8. The
   * last layer of every head and the criterion stay float32.
   */
  readonly quantization?: Quantization;
}

/** Options of an export with exits. What is left out comes from the policy that calibration stored. */
export interface ConditionalExportOptions extends ExportOptions {
  /** Any criterion that looks at no labels; the stored one, else `max-probability`. */
  readonly criterion?: CriterionName;
  /** One an early exit; needed for `thresholdsAs: 'constants'`, else only noted in the file. */
  readonly thresholds?: readonly Threshold[];
  /**
   * The most multiply-accumulates that an image may cost under these thresholds: the last exit within it always answers.
   * No cap unless given. Thresholds that are fed instead are the caller's to cap: `maxMacs` of a session.
   */
  readonly maxMacs?: number;
  /** One an exit, the final one included; the stored ones, else 1. They are built into the graph. */
  readonly temperatures?: readonly number[];
  /**
   * `input`: a required graph input `thresholds`, `[exits − 1]` float32, so that they can change from run to run.
   * `constants`: built in, for runtimes that know nothing of exits.
   */
  readonly thresholdsAs?: 'input' | 'constants';
  /**
   * Divides `logits` by the temperature of the exit that answered, for runtimes that make probabilities of them
   * themselves; the file then states temperatures of 1. Off unless given.
   */
  readonly foldTemperatures?: boolean;
  /**
   * The runtime for which what crosses the first exit is laid out, `onnxruntime` unless given. Every runtime runs either
   * file and answers the same; the other's is somewhat slower.
   */
  readonly runtime?: 'onnxruntime' | 'openvino';
  /** Gives a network for grey images an input of three colours, for runtimes that know no other. Off unless given. */
  readonly colorInput?: boolean;
}
