import { join } from 'node:path';
import type { InferenceRuntime } from '@earlyexit/native-engines';
import { startChildProgram } from './child-program';
import { packageFolder } from './package-folder';

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

/** What to run in a pass. */
export interface PassRequest {
  readonly batch: number;
  /** One an early exit, encoded as the graph takes them; null where it takes none. */
  readonly thresholds: readonly number[] | null;
  /** Whether exits and scores are wanted. */
  readonly keep: boolean;
  /** How many images to take at most; all unless given. */
  readonly most?: number;
}

/** An ONNX file in a process of its own, ready to be timed. */
export interface BenchVariant {
  readonly loadMs: number;
  pass(request: PassRequest): Promise<Pass>;
  stop(): void;
}

/** Starts a process that holds one session. */
export async function startVariant(
  options: {
    readonly runtime: InferenceRuntime;
    readonly model: string;
    readonly images: string;
    readonly threads: number;
    /** Channels, height, width. */
    readonly shape: readonly number[];
  },
  signal: AbortSignal,
): Promise<BenchVariant> {
  const { runtime, model, images, threads, shape } = options;
  const program = await startChildProgram<{ loadMs: number }>(
    'bench',
    process.execPath,
    [
      join(packageFolder(), 'bin', 'bench-worker.js'),
      ...[runtime.name, runtime.path, model, images, String(threads), shape.join(',')],
    ],
    signal,
  );
  return {
    loadMs: program.ready.loadMs,
    pass: ({ thresholds, ...request }) =>
      program.ask<Pass>(
        // JSON has no infinity: as text.
        JSON.stringify({
          ...request,
          thresholds: thresholds?.map(String) ?? null,
        }),
      ),
    stop: () => program.stop(),
  };
}
