import type { Quantization } from './quantize/activation-range';
import type { CriterionName, Threshold } from '@earlyexit/exit-criteria';

/** Old enough for runtimes of 2023; under an older one OpenVINO misreads `ReduceLogSumExp`. */
export const DEFAULT_OPSET = 18;
/** The oldest version that has every operator in the form written here. */
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
  /** Any criterion that needs no labels; unless given, the stored one or else `max-probability`. */
  readonly criterion?: CriterionName;
  /** One per early exit; required for `thresholdsAs: 'constants'`, otherwise only recorded in the file. */
  readonly thresholds?: readonly Threshold[];
  /**
   * The most multiply-accumulates that an image may cost under these thresholds: the last exit within it always
   * answers. No cap unless given. Thresholds that are fed at run time are capped by the caller: `maxMacs` of a session.
   */
  readonly maxMacs?: number;
  /** One per exit, the final one included; unless given, the stored ones or else 1. They are built into the graph. */
  readonly temperatures?: readonly number[];
  /**
   * `input`: a required graph input `thresholds`, `[exits − 1]` float32, so that they can change from run to run.
   * `constants`: built in, for runtimes that know nothing of exits.
   */
  readonly thresholdsAs?: 'input' | 'constants';
  /**
   * Divides `logits` by the temperature of the exit that answered, for runtimes that compute the probabilities
   * themselves; the file then states temperatures of 1. Off unless given.
   */
  readonly foldTemperatures?: boolean;
  /**
   * The runtime that the layout of the tensors after the first exit is chosen for; `onnxruntime` unless given. Every
   * runtime runs either file with the same answers, somewhat slower if the file was laid out for the other.
   */
  readonly runtime?: 'onnxruntime' | 'openvino';
  /**
   * Gives a network for grey images an input of three colour channels, for runtimes that accept no other. Off unless
   * given.
   */
  readonly colorInput?: boolean;
}
