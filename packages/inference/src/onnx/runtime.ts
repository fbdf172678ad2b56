import { DataError, EnvironmentError } from '@earlyexit/core';

/** A tensor of onnxruntime. */
export interface RuntimeTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
  /** For a tensor on a device. */
  getData?(): Promise<unknown>;
  dispose?(): void;
}

/** A session of onnxruntime. */
export interface RuntimeSession {
  readonly outputNames?: readonly string[];
  run(
    feeds: Record<string, RuntimeTensor>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/** The part of `onnxruntime-node` or `onnxruntime-web` that is used; both modules fit as they are. */
export interface OnnxRuntime {
  /** Its name in errors; `onnxruntime` unless given. */
  readonly name?: string;
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: Record<string, unknown>): Promise<RuntimeSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'uint8',
    data: Float32Array | Uint8Array,
    dims: readonly number[],
  ) => RuntimeTensor;
  readonly env: {
    readonly wasm?: { numThreads?: number; wasmPaths?: unknown };
    readonly versions?: { readonly web?: string; readonly node?: string };
  };
}

/** Whether this is Node, where files can be read and `onnxruntime-node` may be installed. */
export function isNode(): boolean {
  // Some bundlers put an empty `process` into a page.
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}

/**
 * Finds the installed onnxruntime: `onnxruntime-node` in Node, otherwise `onnxruntime-web`; in a browser, the smallest
 * entry of it that has what is asked for.
 *
 * @throws EnvironmentError if neither is installed
 */
export async function findRuntime(executionProvider?: string): Promise<OnnxRuntime> {
  const inNode = isNode();
  // A name that bundlers cannot see: a package for Node only must not end up in a browser's bundle.
  const native = ['onnxruntime', 'node'].join('-');
  const failures: unknown[] = [];
  if (inNode) {
    try {
      return moduleOf(await import(/* @vite-ignore */ native));
    } catch (error) {
      failures.push(error);
    }
  }
  try {
    return moduleOf(await importWeb(inNode ? 'any' : executionProvider));
  } catch (error) {
    failures.push(error);
  }
  throw new EnvironmentError({
    where: 'loadSession',
    rule: 'an ONNX file is run by onnxruntime, which could not be loaded',
    received: failures
      .map((error) => (error instanceof Error ? error.message.split('\n')[0] : String(error)))
      .join('; '),
    remedy: inNode ? 'Install it: npm install onnxruntime-node' : 'Install it: npm install onnxruntime-web',
    cause: failures[0],
  });
}

/** An entry of onnxruntime-web; the one for wasm only is half the download. */
async function importWeb(executionProvider = 'wasm'): Promise<unknown> {
  if (executionProvider === 'wasm') return import('onnxruntime-web/wasm');
  if (executionProvider === 'webgpu') return import('onnxruntime-web/webgpu');
  return import('onnxruntime-web');
}

/** The module's own exports, whether it came as ESM or as CommonJS. */
function moduleOf(imported: unknown): OnnxRuntime {
  const module = imported as Partial<OnnxRuntime> & { readonly default?: OnnxRuntime };
  return module.InferenceSession === undefined ? module.default! : (module as OnnxRuntime);
}

/**
 * Runs a session.
 *
 * @throws DataError with the runtime's message
 */
export async function runRuntime(
  session: RuntimeSession,
  feeds: Record<string, RuntimeTensor>,
  {
    network,
    runtime,
    outputs,
  }: { readonly network: string; readonly runtime: OnnxRuntime; readonly outputs: readonly string[] },
): Promise<Readonly<Record<string, RuntimeTensor>>> {
  return session.run(feeds, outputs).catch((cause: unknown) => {
    throw new DataError({
      where: `session.run, ${network}`,
      rule: `${runtime.name ?? 'onnxruntime'} can run it`,
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      cause,
    });
  });
}

/** The values of a tensor, on the host; frees its memory elsewhere. */
export async function readTensor(tensor: RuntimeTensor): Promise<unknown> {
  const data = await (tensor.getData?.() ?? tensor.data);
  tensor.dispose?.();
  return data;
}
