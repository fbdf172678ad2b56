import { builtProgram, startProgram } from '@earlyexit/core/node';
import type { Threshold } from '@earlyexit/exit-criteria';

/** A runtime on this machine, as `findRuntime` of `@earlyexit/native-engines` gives it. */
export interface TimedRuntime {
  readonly name: 'onnxruntime' | 'openvino';
  /** The module of onnxruntime-node, or the folder of OpenVINO's libraries. */
  readonly path: string;
}

/** What the program that runs one ONNX file is told. */
export interface TimedFileSettings {
  readonly runtime: TimedRuntime;
  /** The `.onnx` file. */
  readonly model: string;
  /** The criterion whose thresholds it takes. */
  readonly criterion: string;
  /** A file of float32 numbers, `[count, channels, height, width]`. */
  readonly images: string;
  /** Channels, height, width. */
  readonly shape: readonly number[];
  readonly threads: number;
}

/** What to run in a pass. */
export interface PassRequest {
  readonly batch: number;
  /** One per early exit; null where the file takes none. */
  readonly thresholds: readonly Threshold[] | null;
  /** Whether exits and scores are wanted. */
  readonly keep?: boolean;
  /** How many images to take at most; all unless given. A last short batch is left out. */
  readonly most?: number;
}

/** What one pass over the images gave. */
export interface Pass {
  /** Milliseconds of each batch. */
  readonly latencies: readonly number[];
  /** The exit of each image; empty without exits, or if not asked for. */
  readonly exits: readonly number[];
  /** The score of each image; empty as above. */
  readonly scores: readonly number[];
  /** The most memory the process has held so far, in units of 10⁶ bytes. */
  readonly peakMemoryMB: number;
}

/** An ONNX file in a process of its own, ready to be timed. */
export interface TimedFile {
  /** From the file to a session that is ready. */
  readonly loadMs: number;
  pass(request: PassRequest): Promise<Pass>;
  /** Ends the process. */
  dispose(): void;
}

/**
 * Starts a process that holds one session: the thread pools of two onnxruntime sessions in one process slow each other
 * down.
 *
 * @throws EnvironmentError if the process ends before it has answered
 */
export async function startTimedFile(settings: TimedFileSettings, signal?: AbortSignal): Promise<TimedFile> {
  const program = await startProgram<{ loadMs: number }>({
    name: 'the program that runs the file',
    args: [builtProgram(import.meta.url, 'timed-file-program'), JSON.stringify(settings)],
    signal,
  });
  return {
    loadMs: program.ready.loadMs,
    pass: (request) => program.ask<Pass>(request),
    dispose: () => program.dispose(),
  };
}
