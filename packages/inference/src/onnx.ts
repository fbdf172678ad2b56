export { loadSession, type OnnxSessionOptions, type OnnxSource } from './onnx/load-session';
export type { OnnxRuntime, RuntimeSession, RuntimeTensor } from './onnx/runtime';
export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session';
