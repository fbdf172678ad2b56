import type { EngineName } from '@earlyexit/backend';

/** What one process of `bench --training` trains. */
export interface TrainingBenchSettings {
  readonly engine: EngineName;
  /** The registered name of a network. */
  readonly model: string;
  /** Exits to attach, as `--exits` takes them. */
  readonly exits: readonly string[];
  readonly threads: number;
  readonly workers: number;
  readonly batch: number;
  /** Whether the engine is left as its own package brings it, and trained with what TensorFlow.js brings. */
  readonly stock: boolean;
}
