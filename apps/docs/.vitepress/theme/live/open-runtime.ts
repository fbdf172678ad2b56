import type * as OnnxRuntime from 'onnxruntime-web/wasm';
import wasmAddress from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

type Runtime = typeof OnnxRuntime;

let opened: Promise<Runtime> | undefined;

/** ONNX Runtime of the page, loaded once, when the first example asks for it. */
export function openRuntime(): Promise<Runtime> {
  opened ??= (async () => {
    const runtime = await import('onnxruntime-web/wasm');
    // Beside the page, wherever the bundler puts it.
    runtime.env.wasm.wasmPaths = { wasm: wasmAddress };
    runtime.env.wasm.numThreads = 1;
    return runtime;
  })();
  return opened;
}
