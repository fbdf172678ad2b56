export { createSession } from './tfjs/create-session';
export { loadSession } from './tfjs/load-session';
export type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session/session';
