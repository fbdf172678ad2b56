export { brierScore } from './brier-score';
export { fitTemperature, fitTemperatures, type TemperatureFit } from './fit-temperature';
export { eachExitAlone, type OperatingPoint, oracle } from './oracle';
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
} from './reliability';
export type { SearchAim } from './search/search-aim';
export type { ThresholdChoice } from './search/threshold-choice';
export { type SearchOptions, searchThresholds, type ThresholdSearch } from './search-thresholds';
export { selectSamples, splitSamples } from './select-samples';
