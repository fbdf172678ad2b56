export { argmaxRows } from './argmax';
export { type CachedLogits, validateCachedLogits } from './cached-logits';
export { criterionNames, getCriterion, isCriterionName } from './criteria';
export type { CriterionEvaluation, CriterionName, ExitCriterion, LogitsBatch } from './criterion';
export { type CriterionState, type CriterionStateColumn, selectRows } from './criterion-state';
export { evaluateExits } from './evaluate-exits';
export { type ExitPolicy, validatePolicy } from './exit-policy';
export { type Simulation, simulate } from './simulate';
export { logSoftmax, softmax } from './softmax';
export { rankOf } from './rank-of';
export { type ExitCosts, type ExitStatistics, type ExitSummary, summarizeExits } from './summarize-exits';
export {
  isThreshold,
  parseThreshold,
  type Threshold,
  type ThresholdJson,
  thresholdFromJson,
  thresholdToJson,
} from './threshold';
