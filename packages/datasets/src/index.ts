export type { Augmentation, AugmentationBatch } from './augmentation/augmentation';
export type { ImageWindow } from './decode/image-window';
export { corruptionLabel, parseCorruptions } from './parse-corruptions';
export { corruptImages, type Corruption, type CorruptionName, listCorruptions } from './corrupt-images';
export type { DataSource, OpenOptions, Polarity } from './data-source';
export { defaultFit, type ImageFit } from './decode/decode-image';
export type { Size } from './decode/cut-window';
export { horizontalFlip } from './augmentation/horizontal-flip';
export { registerAugmentation } from './augmentation/register-augmentation';
export { type DatasetDefinition, type DatasetEntry, listDatasets, registerDataset } from './dataset-registry';
export { listImageFiles } from './image-folder/list-image-files';
export type { ImageSet, ImageShape, ReadImages } from './image-set/image-set';
export { createMemoryImageSet } from './image-set/memory-image-set';
export type { ImageChunk } from './image-set/shared-image-set';
export { openDataset } from './open-dataset';
export { findSameImages } from './images/find-same-images';
export type { LookedAtImages } from './images/looked-at-images';
export { type HeadImagesOptions, openHeadImages } from './images/open-head-images';
export { openImages, type OpenedImages, type OpenImagesOptions } from './images/open-images';
export { padAndCrop } from './augmentation/pad-and-crop';
export { randomResizedCrop, type RandomResizedCropOptions } from './augmentation/random-resized-crop';
export { readImage, type ReadImageOptions } from './decode/read-image';
export {
  recordSplits,
  type RecordedSplit,
  type RecordedSplits,
  type SplitChanges,
} from './splits/recorded-splits';
export { type SampleKeys, sampleKeys } from './splits/sample-keys';
export type { SampleList } from './splits/sample-list';
export type { Split } from './splits/split';
export type { SplitOptions } from './splits/split-options';
export type { SplitRole } from './splits/split-role';
export type { LoadOrigin, LoadSplit } from './splits/split-load';
export { type EvaluationOptions, type EvaluationSplit, evaluationSplit } from './splits/evaluation-split';
export { splitDataset, type Splits } from './splits/split-dataset';
