import type { EngineDriver, EngineName } from '../engine';
import { cpuEngine } from './cpu';
import { tensorflowEngine } from './tensorflow';
import { wasmEngine } from './wasm';
import { webgpuEngine } from './webgpu';

/** The driver of each engine. */
export const engineDrivers: Readonly<Record<EngineName, EngineDriver>> = {
  tensorflow: tensorflowEngine,
  webgpu: webgpuEngine,
  wasm: wasmEngine,
  cpu: cpuEngine,
};
