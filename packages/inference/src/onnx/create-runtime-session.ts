import { DataError } from '@earlyexit/core';
import { isNode, type OnnxRuntime, type RuntimeSession } from './runtime';

/** Options of `createRuntimeSession`. */
export interface RuntimeSessionOptions {
  readonly threads?: number | undefined;
  readonly executionProvider?: string | undefined;
  readonly wasmPaths?: string | undefined;
  /** Called with what was asked for but is not available. */
  readonly warn: (message: string) => void;
}

/** The wasm module of onnxruntime-web starts once per page and keeps its threads. */
const started = new WeakSet<object>();

/**
 * Creates a session of a runtime, in Node or in a browser.
 *
 * @throws DataError if the runtime cannot load the file
 */
export async function createRuntimeSession(
  runtime: OnnxRuntime,
  { bytes, where }: { readonly bytes: Uint8Array; readonly where: string },
  options: RuntimeSessionOptions,
): Promise<{ readonly session: RuntimeSession; readonly executionProvider: string }> {
  const { executionProvider: asked, warn } = options;
  const isWeb = runtime.env.versions?.web !== undefined;
  const threads = isWeb ? setUpWasm(runtime, options) : options.threads;
  const create = (provider: string | undefined): Promise<RuntimeSession> =>
    runtime.InferenceSession.create(bytes, {
      ...(threads === undefined ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
      ...(provider === undefined ? {} : { executionProviders: [provider] }),
      graphOptimizationLevel: 'all',
      // Otherwise the threads go on spinning for a while between two runs. With as many threads as processors they take
      // one from the thread that begins the next run, and half of the runs take nearly twice as long. onnxruntime-web
      // has no such setting.
      ...(isWeb ? {} : { extra: { session: { force_spinning_stop: '1' } } }),
      // Only errors: under WebGPU cheap operators always stay on the processor, which needs no warning.
      ...(isWeb ? { logSeverityLevel: 3 } : {}),
    });
  try {
    return { session: await create(asked), executionProvider: asked ?? (isWeb ? 'wasm' : 'cpu') };
  } catch (cause) {
    const received = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    if (isWeb && asked !== undefined && asked !== 'wasm') {
      // The visitor's machine may lack it: fall back to what there is, and say so.
      const session = await create('wasm').catch(() => null);
      if (session !== null) {
        warn(`loadSession: ${asked} cannot be used here (${received}); wasm computes instead`);
        return { session, executionProvider: 'wasm' };
      }
    }
    throw new DataError({
      where,
      rule: `${runtime.name ?? 'onnxruntime'} can load it`,
      received,
      ...(asked === undefined ? {} : { remedy: `Try without the execution provider ${asked}` }),
      cause,
    });
  }
}

/**
 * The execution provider that is available: `wasm` if the browser does not offer `webgpu`, which is checked before
 * onnxruntime's larger module for it is fetched.
 */
export async function availableProvider(
  asked: string | undefined,
  warn: (message: string) => void,
): Promise<string | undefined> {
  if (asked !== 'webgpu' || isNode()) return asked;
  const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<object | null> } };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (adapter !== null && adapter !== undefined) return asked;
  const reason =
    gpu === undefined ? 'the browser offers no WebGPU on this page' : 'WebGPU finds no graphics card';
  warn(`loadSession: webgpu cannot be used here (${reason}); wasm computes instead`);
  return 'wasm';
}

/** Sets what onnxruntime-web reads when its wasm module starts, and returns the number of threads that will run. */
function setUpWasm(
  runtime: OnnxRuntime,
  { threads, wasmPaths, warn }: RuntimeSessionOptions,
): number | undefined {
  const { wasm = {} } = runtime.env;
  if (started.has(wasm)) {
    const running = wasm.numThreads;
    if (threads !== undefined && running !== undefined && running !== threads) {
      warn(
        `loadSession: onnxruntime-web has started with ${running} threads, which it keeps for the whole page; they compute instead of ${threads}`,
      );
    }
    return running;
  }
  started.add(wasm);
  if (wasmPaths !== undefined) wasm.wasmPaths = wasmPaths;
  if (threads === undefined) return undefined;
  const isolated = typeof crossOriginIsolated === 'undefined' || crossOriginIsolated;
  if (threads > 1 && !isolated) {
    warn(
      `loadSession: ${threads} threads need a page that is cross-origin isolated (the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp); one thread computes instead`,
    );
  }
  wasm.numThreads = isolated ? threads : 1;
  return wasm.numThreads;
}
