import type { toModelArtifacts } from '@earlyexit/branch-head';
import type { PhaseDescription } from '../phase/phase-network';
import type { SharedStepMemory } from './shared-step';

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly artifacts: Awaited<ReturnType<typeof toModelArtifacts>>;
  /** Of the dropout masks. */
  readonly seed: number;
  /** From 1: part 0 of each batch is the main thread's. */
  readonly part: number;
  readonly workers: number;
  readonly signal: SharedArrayBuffer;
  readonly imageShape: readonly [number, number, number];
  readonly classes: number;
  readonly labelSmoothing: number;
}

/** Sent before `begin`: what the coming steps train. */
export interface WorkerPhase {
  readonly description: PhaseDescription;
  readonly memory: SharedStepMemory;
  /** All weights as the phase finds them: what it leaves alone comes from the phases or the run before. */
  readonly weights: Float32Array;
}

/** What a worker thread says. */
export type WorkerReport = { readonly type: 'ready' } | { readonly type: 'failed'; readonly message: string };
