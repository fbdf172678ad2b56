export { argmaxRows } from './argmax';
export { type CachedLogits, validateCachedLogits } from './cached-logits';
export {
  getCriterion,
  isCriterionName,
  listCriteria,
  registerCriterion,
} from './criteria/criterion-registry';
export type {
  CriterionDefinition,
  CriterionEvaluation,
  CriterionName,
  ExitCriterion,
  LogitsBatch,
} from './criteria/criterion';
export { scoreProbabilities } from './criteria/define-criterion';
export type { LeavingRule } from './criteria/leaving-rule';
export { PROBABILITY_SCALE, type ScoreScale } from './criteria/score-scale';
export { type CriterionState, type CriterionStateColumn, selectRows } from './criteria/criterion-state';
export { decideExits } from './decide-exits';
export { evaluateExits } from './evaluate-exits';
export { capThresholds } from './policy/cap-thresholds';
export { checkThresholds, type NamedExit } from './policy/check-thresholds';
export { type ExitPolicy, validatePolicy } from './policy/exit-policy';
export { simulate } from './simulate';
export type { Simulation } from './simulation';
export { shareOfRightAnswers, shareOfSameAnswers } from './same-answers';
export { logSoftmax, softmax } from './softmax';
export { rankOf } from './rank-of';
export { type ExitStatistics, type ExitSummary, summarizeExits } from './summarize-exits';
export {
  isThreshold,
  parseThreshold,
  type Threshold,
  type ThresholdJson,
  thresholdFromJson,
  thresholdToJson,
} from './policy/threshold';
export { decodeThresholds, encodeThresholds } from './policy/encode-thresholds';
export { FITTED_PARTS, type FittedOn, isFittedOn, UNKNOWN_SPLIT } from './policy/fitted-on';
export { costsOf, type ExitCosts } from './policy/exit-costs';
export { thresholdForShare } from './policy/threshold-for-share';
export { trunkCostsOf } from './policy/trunk-costs';
export {
  type ExpectedFigure,
  type ExpectedOutcome,
  type JointLimits,
  policyFromJson,
  type PolicyMetadata,
  policyToJson,
  type PromisedPolicy,
  type PromiseMetadata,
  type RejectMetadata,
  type ResolvedPolicy,
} from './policy/policy-metadata';
export {
  type AskedPolicy,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  findPolicy,
  type FoundPolicy,
  neverLeave,
  type PolicyOwner,
  resolvePolicy,
  storedPolicy,
} from './policy/resolve-policy';
