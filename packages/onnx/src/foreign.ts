export type { StagedExport } from './export-staged';
export { buildFolder, type FolderExport } from './folder/build-folder';
export { adaptInput, type ForeignInput } from './foreign/adapt-input';
export type { ImageInput, StatedInput } from './foreign/describe-input';
export { type FreedFile, type ReadExternal, readForeign, upgradeForeign } from './foreign/foreign-file';
export {
  exposeTensors,
  type ForeignCut,
  type ForeignNetwork,
  type TensorFacts,
  understandNetwork,
} from './foreign/foreign-network';
export { type ImagePreparation, preparedInput } from './foreign/prepared-input';
export { PlacedNetwork } from './foreign/placed-network';
export { type FileOutlook, kindOf, outlookOf, type RuntimeOutlook } from './foreign/runtime-outlook';
export {
  asFloat,
  type ExitPlace,
  type ForeignExit,
  type ForeignParts,
  type ForeignPlan,
  writeForeignConditional,
} from './foreign/write-conditional';
export { writeForeignStages } from './foreign/write-stages';
export { writeForeignStatic } from './foreign/write-static';
export {
  type TensorPlace,
  writeForeignExits,
  writeForeignRanges,
  type WrittenTensor,
} from './foreign/write-tensors';
export type { MultiExitMetadata } from '@earlyexit/branch-head';
export type { Quantization } from './quantize/activation-range';
export { checkAgreement, type ExitAgreement } from './quantize/check-agreement';
export { RANGE_IMAGES, rangeBatches, type RangeImages } from './quantize/range-batches';
export { measureFile, type MeasuredFile, type OpenGraph } from './quantize/measure-file';
export { METADATA_KEY, type OnnxMetadata } from './model-file';
export { type Attribute, GraphBuilder, valueInfo } from './graph/graph-builder';
export type { GraphMessage } from './protobuf/messages';
export { writeModel } from './protobuf/write-model';
export { readModel } from './protobuf/read-model';
