export type { StagedExport } from './export-staged';
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
  type ForeignPlan,
  writeForeignConditional,
} from './foreign/write-conditional';
export { writeForeignStages } from './foreign/write-stages';
export { type TensorPlace, writeForeignExits, type WrittenTensor } from './foreign/write-tensors';
export { METADATA_KEY, type OnnxMetadata } from './model-file';
export { type Attribute, GraphBuilder, valueInfo } from './graph/graph-builder';
export type { GraphMessage } from './protobuf/messages';
export { writeModel } from './protobuf/write-model';
export { readModel } from './protobuf/read-model';
