export { selectEngine } from './select-engine';
export { engineNames, type Engine, type EngineName, type EngineOptions } from './engine';
export { registerWasmTrainingKernels } from './wasm/register-wasm-training-kernels';
