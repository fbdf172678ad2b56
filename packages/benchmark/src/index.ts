export type { FileTiming } from './files/file-timing';
export { type ExportedFiles, type FileTimingOptions, type Leaving, timeFiles } from './files/time-files';
export {
  benchmarkInference,
  INFERENCE_ROUNDS,
  type InferenceBenchmarkOptions,
} from './inference/benchmark-inference';
export { fileToTime, type FileToTimeOptions } from './inference/file-to-time';
export type { InferenceDocument, InferencePeer, InferenceRow } from './inference/inference-document';
export { modelToTime, type ModelToTimeOptions } from './inference/model-to-time';
export { type AttachedTiming, type AttachedToTime, timeAttached } from './inference/time-attached';
export type { LeavingOptions, NetworkToTime } from './inference/network-to-time';
export { type OpenedToTime, openToTime, type OpenToTimeOptions } from './inference/open-to-time';
export type { PackageCheck } from './machine/check-packages';
export type { RuntimeReport } from './machine/check-runtimes';
export { examineMachine, isReady, type MachineReport } from './machine/examine-machine';
export type { Speed } from './machine/measure-speeds';
export { type PairedRatio, pairedRatio } from './timing/paired-ratio';
export { medianOf, quantileOf } from './timing/quantile';
export { timed, timeInTurn, type TimingOptions, type TurnResults, type Turns } from './timing/time-in-turn';
export {
  benchmarkTraining,
  type NetworkToTrain,
  TRAINING_ROUNDS,
  type TrainingBenchmarkOptions,
} from './training/benchmark-training';
export type { TrainingTiming } from './training/time-training';
