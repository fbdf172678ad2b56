export { asNetworkInput } from './network-input';
export { checkClasses } from './check-classes';
export { loadComparable, requireComparable } from './comparable-runs';
export { type DataChoice, resolveDataSettings } from './data-settings';
export { describeRun, type DescribedRun, type RunDescription } from './describe-run';
export { findModel, type ModelPlace, requireModel } from './find-model';
export { keptLogits } from './kept-logits';
export { fingerprintModel, fingerprintSplit, readSplitFingerprint } from './fingerprint';
export {
  type ExportedLocation,
  locateModel,
  type ModelLocation,
  type RegisteredLocation,
  type SavedLocation,
} from './locate-model';
export { logitsCachePath, readLogits, reuseOrComputeLogits, writeLogits } from './logits-cache';
export { type CalibrationSamples, openCalibration, type OpenCalibrationOptions } from './open-calibration';
export { openCalibrationImages, type OpenedCalibrationImages } from './open-calibration-images';
export { openData, type OpenDataOptions, type OpenedData } from './open-data';
export { openEvaluationData } from './open-evaluation-data';
export { openNetwork, type OpenNetworkOptions } from './open-network';
export { loadRun, openRun, type Run } from './open-run';
export { isOtherData, openTestData, type TestDataOptions } from './open-test-data';
export { type ReopenOptions, reopenSplits } from './reopen-splits';
export { type DataSettings, readRunConfig, type RunConfig } from './run-config';
export { requireReplaceable } from './require-replaceable';
export { readSettingsFile } from './read-settings-file';
export { calibrationLogits, splitLogits, type SplitLogitsOptions } from './split-logits';
export { fingerprintKeys, readRecordedSplits } from './splits-file';
export { type CalibratedRun, calibrateRun } from './calibrate/calibrate-run';
export { budgetsOfRun, type RunBudgets } from './calibrate/budgets-of-run';
export { planRun } from './calibrate/plan-run';
export { type RecalibrationDocument, recalibrateRun } from './calibrate/recalibrate-run';
export type { CalibrateRunOptions } from './calibrate/run-calibration';
export { compareRun, requireEarlyExit } from './evaluate/compare-run';
export { evaluateCorruptedRun } from './evaluate/evaluate-corrupted-run';
export { evaluateExported } from './evaluate/evaluate-exported';
export { reportOnExported } from './evaluate/report-on-exported';
export { type AskedEvaluation, evaluateRun } from './evaluate/evaluate-run';
export {
  openEvaluation,
  type OpenedEvaluation,
  type OpenEvaluationOptions,
} from './evaluate/open-evaluation';
export { reportOnRun } from './evaluate/report-on-run';
export { budgetsOnTest } from './evaluate/budgets-on-test';
export { networkToTrain } from './train/network-to-train';
export {
  type QuantizedRun,
  quantizeRun,
  type QuantizeRunOptions,
  type QuantizeSubject,
} from './quantize/quantize-run';
export { type PreparedTraining, prepareTraining, type TrainingSettings } from './train/prepare-training';
export { type TrainedRun, trainRun, type TrainRunOptions } from './train/train-run';
export { trainingData } from './train/training-data';
export {
  type TrainedDocument,
  trainedDocument,
  type TrainingComputer,
  type TrainingPlanDocument,
  trainingPlanDocument,
} from './train/training-document';
export { readBegunRun } from './train/read-begun-run';
