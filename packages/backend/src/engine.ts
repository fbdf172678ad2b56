/** The TensorFlow.js engines. */
export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

/** The name of a TensorFlow.js engine, as `tf.setBackend` knows it. */
export type EngineName = (typeof engineNames)[number];

/** The names of all engines, whether they are here or not. */
export function listEngineNames(): EngineName[] {
  return [...engineNames];
}

/** An engine that has been made the current TensorFlow.js backend. */
export interface Engine {
  readonly name: EngineName;
  /** The version of what computes: the npm package's, for TensorFlow the library's. */
  readonly version: string;
  /** Why this one, as sentences for people: what was faster but missing, and how to get it. */
  readonly reasons: readonly string[];
}

/** How an engine is made ready. */
export interface EngineOptions {
  /** Threads inside an operation; default: the engine's own choice. Only `tensorflow` has more than one in Node. */
  readonly threads?: number;
  /**
   * Whether the engine gets the training kernels and settings of this package; true by default. Without them it is what its
   * own package brings, to be compared with. What was decided when an engine was first started stays.
   */
  readonly trainingKernels?: boolean;
  /**
   * Multiply-accumulates a sample of the network that is going to be trained: `auto` then takes WASM for one as small as
   * LeNet, on which native TensorFlow is slower. Default: nothing is known of it, and `auto` prefers native TensorFlow.
   */
  readonly trainingMacs?: number;
}

/** Whether an engine can be had on this machine, found out without starting it. */
export type Availability =
  | { readonly available: true; readonly version: string; readonly reason: string }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/** What `selectEngine` and `doctor` know of an engine. */
export interface EngineDriver {
  readonly name: EngineName;
  /** Looks for the engine without starting it. */
  probe(): Promise<Availability>;
  /** Registers the backend and the training kernels with TensorFlow.js; called once a process, after a successful probe. */
  load(options: EngineOptions): Promise<void>;
  /** What is to be said of this engine with these options, for `reasons`. */
  remarks(options: EngineOptions): readonly string[];
}
