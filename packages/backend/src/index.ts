export { selectEngine } from './select-engine';
export { type Engine, type EngineName, type EngineOptions, listEngineNames } from './engine';
export { describeEngines, findEngines, type EngineReport } from './describe-engines';
export type { SelfTest } from './self-test';
export { registerWasmTrainingKernels } from './wasm/register-wasm-training-kernels';
