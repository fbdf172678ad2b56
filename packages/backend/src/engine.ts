/** The TensorFlow.js engines. */
export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

/** The name of a TensorFlow.js engine, as `tf.setBackend` knows it. */
export type EngineName = (typeof engineNames)[number];

/** The names of all engines, available or not. */
export function listEngineNames(): EngineName[] {
  return [...engineNames];
}

/** An engine that has been made the current TensorFlow.js backend. */
export interface Engine {
  readonly name: EngineName;
  /** The version of the npm package, for TensorFlow that of the library. */
  readonly version: string;
  /** Why this engine, as sentences for people: what would be faster but is missing, and how to get it. */
  readonly reasons: readonly string[];
}

/** How an engine is prepared. */
export interface EngineOptions {
  /** Threads inside an operation; the engine's own choice unless given. Only `tensorflow` has more than one in Node. */
  readonly threads?: number;
  /**
   * Whether the engine gets the training kernels and settings of this package; true unless given. Without them it is
   * the stock engine, for comparison. The choice made when an engine is first started stays.
   */
  readonly trainingKernels?: boolean;
  /**
   * Multiply-accumulates per sample of the network that is going to be trained: `auto` then takes WASM for one as small
   * as LeNet, for which native TensorFlow is slower. Unless given, `auto` prefers native TensorFlow.
   */
  readonly trainingMacs?: number;
}

/** Whether an engine is available on this machine, found out without starting it. */
export type Availability =
  | { readonly available: true; readonly version: string; readonly reason: string }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/** What `selectEngine` and `doctor` know of an engine. */
export interface EngineDriver {
  readonly name: EngineName;
  /** Looks for the engine without starting it. */
  probe(): Promise<Availability>;
  /**
   * Registers the backend and the training kernels with TensorFlow.js; called once per process, after a successful
   * probe.
   */
  load(options: EngineOptions): Promise<void>;
  /** Remarks on this engine with these options, for `reasons`. */
  remarks(options: EngineOptions): readonly string[];
}
