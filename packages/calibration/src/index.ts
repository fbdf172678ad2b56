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
export { calibrationErrorInterval } from './intervals/calibration-error-interval';
export {
  comparePaired,
  holmAdjusted,
  type PairedComparison,
  type PolicyOutcome,
} from './intervals/compare-paired';
export { type CostEstimates, costInterval } from './intervals/cost-interval';
export type { Estimate } from './intervals/estimate';
export { mcnemarTest } from './intervals/mcnemar-test';
export { type PairedCounts, pairedCounts, pairedDifference } from './intervals/paired-difference';
export { wilsonInterval } from './intervals/wilson-interval';
export { negativeLogLikelihood } from './metrics/negative-log-likelihood';
export { type OperatingPoint, operatingPointOf } from './operating-points/operating-point';
export type { PointIntervals } from './operating-points/point-intervals';
export { type FrontierPoint, frontierIntervals } from './search/frontier-intervals';
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
export { asPercent, describePromise } from './risk/describe-promise';
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
export { DEFAULT_AIM, type SearchAim } from './search/search-aim';
export type { ThresholdChoice } from './search/threshold-choice';
export type { ScoredSearchOptions, ThresholdSearch } from './search/search-scored';
export { type PolicySearch, type SearchOptions, searchThresholds } from './search/search-thresholds';
export { selectSamples, splitRows, splitSamples } from './samples/select-samples';
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
export { checkDisjoint, type FitRecord } from './promises/check-disjoint';
export {
  earlierPromises,
  type EarlierPromises,
  type PromiseRecord,
  remainingDelta,
} from './promises/promise-record';
export { type Overlap, overlapOf, type SampleSet } from './promises/sample-set';
export {
  type ConfidentSearch,
  type ConfidentSearchOptions,
  searchWithConfidence,
} from './risk/confident-search';
export {
  controlRiskByGroup,
  controlWorstGroup,
  type GroupFinding,
  type GroupPromise,
  type GroupRiskOptions,
  type WorstGroupRisk,
} from './risk/control-group-risk';
export { controlJointRisk, type JointRisk, type JointRiskOptions } from './risk/control-joint-risk';
export { type ControlledRisks, controlRisks, type SeveralRisks } from './risk/control-risks';
export {
  answerCounts,
  controlSelectiveRisk,
  selectivePath,
  type SelectiveRisk,
  type SelectiveRiskOptions,
} from './risk/control-selective-risk';
export { fittedPath, type FittedPathOptions } from './risk/fitted-path';
export { frontierPath } from './risk/frontier-path';
export { planCalibration, type PlannedSize, type PlanOptions } from './risk/plan-calibration';
export { type CrossFit, crossFitSearch, type CrossFitOptions } from './search/cross-fit-search';
export {
  createLossMonitor,
  type LossMonitor,
  type LossMonitorOptions,
  type LossReport,
} from './shift/loss-monitor';
export { shiftAtHorizon, type ShiftFinding } from './shift/shift-at-horizon';
export { adaptiveCalibrationError, classCalibrationError } from './metrics/class-calibration-error';
export { recalibrate, type RecalibrateOptions, type Recalibration } from './promises/recalibrate';
export { controlShiftedRisk, type ShiftedRiskOptions } from './risk/control-shifted-risk';
export { covariateShiftWeights } from './shift/shift-weights';
export { fitEnsembleTemperatures } from './temperature/fit-ensemble-temperatures';
export {
  accuracyPolicy,
  type AccuracySearch,
  type ExitAccuracies,
  fitExitAccuracies,
  searchAccuracyExits,
  simulateAccuracyExits,
} from './published/accuracy-exits';
export { anytimeValidSets, type AnytimeSetOptions, fitAnytimeSupports } from './published/anytime-sets';
export {
  type BudgetSearch,
  exponentialShares,
  searchExponentialBudget,
} from './published/exponential-budget';
export { fitNestedSets, type NestedSets, nestedSets, setCoverage } from './published/nested-sets';
export {
  conditionalMonotonicity,
  productAnytime,
  searchProductThresholds,
  simulateProduct,
} from './published/product-anytime';
export {
  type ScreenedPoint,
  type Screening,
  type ScreeningOptions,
  screenThresholds,
} from './published/screen-thresholds';
export { fixedShareThresholds } from './published/fixed-share-thresholds';
