export { type AttachOptions, attachToOnnx } from './attach-to-onnx';
export { type AttachedFile, type CascadeNetwork, cascadeOnnx, type CascadeOptions } from './cascade-onnx';
export type { ThresholdAim } from './choose-thresholds';
export type { ClassifierImages } from './classifier-images';
export { type ExaminedNetwork, examineNetwork, type ExamineOptions } from './examine-network';
export type { ExitsReport } from './exits-report';
export type { NetworkSource } from './network-source';
export type { ImagePreparation } from './prepared-input';
export { readPreparation } from './read-preparation';
