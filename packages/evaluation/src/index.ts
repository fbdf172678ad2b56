export type { AskedAim, AskedLoss } from './aim/asked-aim';
export { chooseCalibrationAim, type ChosenAim, scalingFor } from './aim/choose-calibration-aim';
export { chooseSearchAim } from './aim/choose-search-aim';
export { type BudgetCurve, calibrateBudgets } from './calibrate/calibrate-budgets';
export { type Calibration, type CalibrationLogits, calibrateModel } from './calibrate/calibrate-model';
export type {
  CalibrationAim,
  CalibrationGoal,
  JointAim,
  PromiseAim,
  PromiseCandidate,
  RejectAim,
} from './calibrate/calibration-aim';
export type { MadePromise } from './calibrate/earlier-promises';
export type {
  CalibrationPromise,
  CandidatePromise,
  SeveralPromises,
} from './calibrate/make-calibration-promise';
export {
  type BudgetDocument,
  budgetDocument,
  type CalibrationDocument,
  calibrationDocument,
  type CalibrationOrigin,
  type ConfidenceFitJson,
} from './calibrate/calibration-document';
export { calibrationFrontier } from './calibrate/calibration-frontier';
export { budgetCsv, frontierCsv } from './calibrate/curve-csv';
export { checkGoal } from './calibrate/check-goal';
export { requirePromiseSize } from './calibrate/require-promise-size';
export { type PlanDocument, planDocument } from './calibrate/plan-document';
export { type ModelRecalibration, recalibrateModel } from './calibrate/recalibrate-model';
export { type RelaxedPolicy, relaxPolicy } from './calibrate/relax-policy';
export { searchPolicy, temperaturesOf } from './calibrate/search-policy';
export { planCalibrationSizes } from './calibrate/plan-calibration-sizes';
export {
  type QuantizationReport,
  promiseRangeRows,
  refitPolicy,
  type RefitSubject,
  type RefittedPolicy,
} from './calibrate/refit-policy';
export {
  modelStamp,
  storeCalibration,
  type StoredCalibration,
  type StoreOptions,
} from './calibrate/store-calibration';
export {
  type Classification,
  classifyImages,
  type ClassifyingSession,
  type ClassifyOptions,
  type NamedImage,
} from './classify/classify-images';
export { collectImages } from './classify/collect-images';
export { type KnownLabels, readLabels } from './classify/known-labels';
export {
  type CheckedAnswer,
  compareWithCalibration,
  monitorPromise,
  monitorStream,
  type PromiseMonitor,
  type StreamMonitor,
} from './classify/stream-monitor';
export { type AnswerWatch, watchAnswers, type WatchOptions } from './classify/watch-answers';
export {
  type ComparedPolicy,
  comparePolicies,
  COMPARISON_REFERENCE,
  type PolicyComparison,
} from './compare/compare-policies';
export { type ComparisonDocument, comparisonDocument } from './compare/comparison-document';
export { describeAim } from './describe/describe-aim';
export { describeDifference } from './describe/describe-difference';
export { describeExpected } from './describe/describe-expected';
export { describeMeasuredPromise, describeRisk } from './describe/describe-promise';
export { checkAskedPolicy } from './evaluate/check-asked-policy';
export { evaluate, type EvaluateOptions } from './evaluate/evaluate';
export { type AnswerEvaluation, evaluateAnswers, type PolicyAnswers } from './evaluate/evaluate-answers';
export {
  type CorruptedEvaluation,
  type CorruptionOptions,
  evaluateCorruptions,
  type WatchedEvaluation,
} from './evaluate/evaluate-corruptions';
export { evaluatePolicy } from './evaluate/evaluate-policy';
export { type EvaluationIntervals, INTERVAL_CONFIDENCE } from './evaluate/evaluation-intervals';
export type { SessionEvaluationOptions } from './evaluate/evaluate-session';
export type { EvaluationDocument, EvaluationOrigin, ExitEvaluation } from './evaluate/evaluation-document';
export { readEvaluation } from './evaluate/read-evaluation';
export { type MeasuredPromise, measurePromise } from './evaluate/measure-promise';
export { type MeasuredReject, measureReject } from './evaluate/measure-reject';
export { sessionLogits } from './evaluate/evaluate-session';
export { collectReport, type ReportSources } from './report/collect-report';
export type { NetworkToCompare } from './report/compare-networks';
export type {
  ComparedNetwork,
  CurvePoint,
  ExitCost,
  Reliability,
  ReliabilityBin,
  ReportData,
  ReportExample,
} from './report/report-data';
export { decideModel } from './session/decide-model';
export { openExported, type OpenExportedOptions } from './session/open-exported';
export { type AskedPolicy, type DecidedSession, decideSession, isStaged } from './session/session-policy';
export { policyToRefit } from './quantize/policy-to-refit';
export {
  type CalibrationImages,
  quantizeCalibrated,
  type QuantizeCalibratedOptions,
  type QuantizedNetwork,
} from './quantize/quantize-calibrated';
