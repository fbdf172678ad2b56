export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session';
export { preprocess, type Preprocessing } from './preprocess';
export type { StageResult, StageRunner } from './stage-runner';
export { createRoutedSession } from './routed-session';
export { streamAnswers, type StreamedAnswers } from './stream-answers';
