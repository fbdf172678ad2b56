import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { EngineDriver } from '../engine';
import { registerWasmTrainingKernels } from '../wasm/register-wasm-training-kernels';

/** The WebAssembly engine (SIMD), with the training kernels that it lacks; needs nothing but npm. */
export const wasmEngine: EngineDriver = {
  name: 'wasm',
  async probe() {
    const { version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
    return { available: true, version, reason: 'WebAssembly with SIMD; comes with npm alone' };
  },
  async load({ trainingKernels = true }) {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    // Set explicitly, because a bundler that moves the backend's script would make it look for its .wasm files in the
    // wrong place.
    const packageFile = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    setWasmPaths(join(dirname(packageFile), 'dist') + sep);
    setThreadsCount(1);
    if (trainingKernels) registerWasmTrainingKernels();
  },
  remarks: ({ threads }) =>
    threads !== undefined && threads > 1
      ? [`the WASM engine has one thread in Node, so threads = ${threads} changes nothing for it`]
      : [],
};
