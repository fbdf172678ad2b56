export { loadSession, type OnnxSession, type OnnxSessionOptions, type OnnxSource } from './onnx/load-session';
export type { OnnxFileMetadata } from './onnx/read-metadata';
export type { OnnxRuntime, RuntimeSession, RuntimeTensor } from './onnx/runtime';
export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session';
