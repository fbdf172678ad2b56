export { type AttachOptions, attachToOnnx } from './attach-to-onnx';
export { type CascadeNetwork, cascadeOnnx, type CascadeOptions } from './cascade-onnx';
export { chooseAim, type StatedAim } from './choose-aim';
export type { ThresholdAim } from './choose-thresholds';
export type { ClassifierImages } from './classifier-images';
export { type ExaminedNetwork, examineNetwork, type ExamineOptions } from './examine-network';
export type { ExitsReport, PartSizes } from './exits-report';
export type { AttachedFile } from './finish-attached';
export type { ImagePreparation } from '@earlyexit/onnx/foreign';
export {
  type AttachedDocument,
  attachedDocument,
  describeAttached,
  type MeasuredTime,
} from './describe-attached';
export { type AttachedPlaces, writeAttached, type WrittenAttached } from './write-attached';
export {
  completePreparation,
  type NetworkSource,
  readPreparation,
  requirePreparation,
  type StatedPreparation,
} from '@earlyexit/onnx/foreign-node';
export type { NodeProfile, OnnxProfile, PlaceProfile } from './profile/profile-network';
export { isOwnFile, profileOnnx } from './profile/profile-onnx';
