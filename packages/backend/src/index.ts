export { selectEngine } from './select-engine';
export { engineNames, type Engine, type EngineName, type EngineOptions } from './engine';
