export type { GraphCriterionName } from './criteria/criterion-graph';
export { exportConditional } from './export-conditional';
export type { ConditionalExportOptions, ExportOptions } from './export-options';
export {
  exportStaged,
  type StagedExport,
  type StagedFile,
  type StagedManifest,
  type StagedTensor,
} from './export-staged';
export { exportStatic } from './export-static';
export { supportedLayers } from './layers/converters';
export type { DecisionMetadata, OnnxMetadata } from './model-file';
