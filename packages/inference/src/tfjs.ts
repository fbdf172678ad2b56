export { createSession } from './create-session';
export { loadSession } from './load-session';
export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session';
