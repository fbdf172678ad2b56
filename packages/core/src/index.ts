export { csvLine } from './csv-line';
export {
  EarlyExitError,
  type ErrorInput,
  errorMessage,
  type ErrorKind,
  type ErrorParts,
  type ErrorText,
} from './errors/earlyexit-error';
export { ArgumentError } from './errors/argument-error';
export { DataError } from './errors/data-error';
export { EnvironmentError } from './errors/environment-error';
export { type ChannelScaling, spreadScaling, type StatedScaling, statesScaling } from './channel-scaling';
export { channelsFirst } from './channels-first';
export { channelsLast } from './channels-last';
export { isRecord } from './is-record';
export { didYouMean, nearestName, nearestNames } from './nearest-name';
export { printable } from './printable';
export { mixBits, randomBits, randomBitStream, shuffle, shuffleBySeed } from './random/random-bits';
export { randomStream, shuffledRows } from './random/random-stream';
export { seededNoise } from './random/seeded-noise';
export { describeValue } from './describe-value';
export type { WorkNote, WorkOptions, WorkProgress } from './work-options';
export { jsonChecksum } from './json-checksum';
export { version } from './version';
