export type { CriterionGraph, ExitInGraph, ScoredExit, StateValue } from './criteria/criterion-graph';
export { registerCriterionGraph } from './criteria/criterion-graphs';
export { largestOf, largestTwo, logSoftmaxOf, scoredAlone, softmaxOf } from './criteria/scored-exit';
export type { GraphBuilder } from './graph/graph-builder';
export { reduceClasses } from './graph/reduce';
export { exportConditional } from './export-conditional';
export type { ConditionalExportOptions, ExportOptions } from './export-options';
export {
  exportStaged,
  type StagedExport,
  type StagedFile,
  type StagedManifest,
  type StagedTensor,
} from './export-staged';
export type { FolderExport } from './folder/build-folder';
export { exportFolder, type FolderExportOptions } from './folder/export-folder';
export type { CardEvaluation } from './folder/model-card';
export { exportExits } from './export-exits';
export { exportStatic } from './export-static';
export { type ExitAgreement } from './quantize/check-agreement';
export { quantizeModel, type QuantizedModel, type QuantizeOptions } from './quantize/quantize-model';
export { noiseRanges } from './quantize/noise-ranges';
export { sampleRanges, type SampleRangesOptions } from './quantize/sample-ranges';
export { supportedLayers } from './layers/converters';
export type { DecisionMetadata, OnnxMetadata } from './model-file';
export type { ActivationRange } from './quantize/activation-range';
export type { RangeMethod } from './quantize/histogram';
export type { ImageBatches, MeasureOptions, OpenFile, OpenGraph } from './quantize/measure-file';
export { measureRanges } from './quantize/measure-ranges';
export type { Quantization } from './quantize/activation-range';
