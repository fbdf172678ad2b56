export { brierScore } from './metrics/brier-score';
export { type BudgetedPoint, budgetedProtocol, budgetShares, thresholdsForShares } from './budgeted-protocol';
export {
  type CachedLogitsFile,
  type CacheOrigin,
  decodeCachedLogits,
  encodeCachedLogits,
} from './cache/cached-logits-file';
export { fitTemperature, fitTemperatures, type TemperatureFit } from './temperature/fit-temperature';
export {
  applyFits,
  type ConfidenceFit,
  type ConfidenceMeasure,
  fitConfidence,
  type Scaling,
} from './temperature/confidence-fit';
export {
  type MostConfidentSimulation,
  searchMostConfidentThresholds,
  simulateMostConfident,
} from './most-confident';
export { negativeLogLikelihood } from './metrics/negative-log-likelihood';
export { type OperatingPoint, operatingPointOf } from './operating-points/operating-point';
export { eachExitAlone, oracle, type OracleOptions } from './operating-points/oracle';
export { randomExitAccuracy, randomExits } from './operating-points/random-exits';
export {
  calibrationErrorOf,
  type Confidences,
  exitConfidences,
  expectedCalibrationError,
  policyConfidences,
  reliability,
  type ReliabilityBin,
  reliabilityBins,
  type ReliabilityOptions,
} from './metrics/reliability';
export { type ControlledRisk, controlRisk, type RiskOptions } from './risk/control-risk';
export type { ExitLoss } from './risk/exit-losses';
export {
  FITTING_SHARE,
  makePromise,
  needsFittingPart,
  promiseSize,
  type PromiseSize,
  type RiskAim,
} from './risk/make-promise';
export { neededSamples } from './risk/needed-samples';
export { defaultMethod, type RiskMethod } from './risk/risk-method';
export { sharedThresholdPath, type ThresholdPath } from './risk/threshold-path';
export {
  fitScheduler,
  type Scheduler,
  schedulerScores,
  searchSchedulerThresholds,
  simulateScheduler,
} from './scheduler/scheduler';
export type { SearchAim } from './search/search-aim';
export type { ThresholdChoice } from './search/threshold-choice';
export type { ScoredSearchOptions, ThresholdSearch } from './search/search-scored';
export { type SearchOptions, searchThresholds } from './search/search-thresholds';
export { selectSamples, splitSamples } from './samples/select-samples';
export {
  createShiftMonitor,
  type ShiftMonitor,
  type ShiftMonitorOptions,
  type ShiftReport,
  type ShiftSignal,
} from './shift/shift-monitor';
export { FALSE_ALARM_RATE, referenceAnswers, type WatchedStream, watchStream } from './shift/watch-stream';
export { type StageCosts, type StageGain, stageGains } from './stage-gains';
export { applyVectorScaling, fitVectorScaling, type VectorScaling } from './temperature/vector-scaling';
