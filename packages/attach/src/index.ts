export { type AttachOptions, attachToOnnx } from './attach-to-onnx';
export { type CascadeNetwork, cascadeOnnx, type CascadeOptions } from './cascade-onnx';
export type { ThresholdAim } from './choose-thresholds';
export type { ClassifierImages } from './classifier-images';
export { type ExaminedNetwork, examineNetwork, type ExamineOptions } from './examine-network';
export type { ExitsReport, PartSizes } from './exits-report';
export type { AttachedFile } from './finish-attached';
export type { ImagePreparation } from '@earlyexit/onnx/foreign';
export {
  completePreparation,
  type NetworkSource,
  readPreparation,
  type StatedPreparation,
} from '@earlyexit/onnx/foreign-node';
export type { NodeProfile, OnnxProfile, PlaceProfile } from './profile/profile-network';
export { isOwnFile, profileOnnx } from './profile/profile-onnx';
