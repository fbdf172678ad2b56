export { graphOpener, type RunnableGraph } from './onnx/graph-opener';
export { loadSession, type OnnxSession, type OnnxSessionOptions, type OnnxSource } from './onnx/load-session';
export type { OnnxFileMetadata } from './onnx/read-metadata';
export type { OnnxRuntime, RuntimeSession, RuntimeTensor } from './onnx/runtime';
export {
  loadStagedSession,
  type StagedMetadata,
  type StagedSession,
} from './onnx/staged/load-staged-session';
export type { StagedSource } from './onnx/staged/read-staged';
export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session/session';
