export { attachUntrained, type UntrainedFile, type UntrainedOptions } from './attach-untrained';
export { examineFile } from './examine-file';
export type { Runtime, RuntimeSession, RuntimeTensor } from './import-runtime';
export {
  type NodeProfile,
  type OnnxProfile,
  type PlaceProfile,
  profileNetwork,
} from './profile/profile-network';
export type { ExaminedNetwork, ExamineOptions } from './survey/examined-network';
export type { ImagePreparation } from '@earlyexit/onnx/foreign';
