export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session/session';
export { inkInversion } from './ink-inversion';
export { preprocess, type Preprocessing } from './preprocess';
export type { StageResult, StageRunner } from './session/stage-runner';
export { createRoutedSession } from './session/routed-session';
export { streamAnswers, type StreamedAnswers } from './stream-answers';
