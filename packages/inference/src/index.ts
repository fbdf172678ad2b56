export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session/session';
export { preprocess, type Preprocessing } from './preprocess';
export type { StageResult, StageRunner } from './session/stage-runner';
export { createRoutedSession } from './session/routed-session';
export { streamAnswers, type StreamedAnswers } from './stream-answers';
