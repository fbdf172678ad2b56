export { EarlyExitError, type ErrorInput, type ErrorKind, type ErrorParts } from './errors/earlyexit-error';
export { ArgumentError } from './errors/argument-error';
export { DataError } from './errors/data-error';
export { EnvironmentError } from './errors/environment-error';
export { nearestName, nearestNames } from './nearest-name';
export { randomBits, shuffle } from './random/random-bits';
export { randomStream, shuffledRows } from './random/random-stream';
export { describeValue } from './describe-value';
export type { WorkNote, WorkOptions, WorkProgress } from './work-options';
