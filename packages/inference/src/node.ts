export { loadRuntime } from './node/load-runtime';
export { loadRuntimeInThread, type RuntimeThreadOptions } from './node/load-runtime-in-thread';
