export { selectEngine } from './select-engine';
export { engineNames, type Engine, type EngineName, type EngineOptions } from './engine';
export { describeEngines, findEngines, type EngineReport } from './describe-engines';
export type { SelfTest } from './self-test';
export { registerWasmTrainingKernels } from './wasm/register-wasm-training-kernels';
