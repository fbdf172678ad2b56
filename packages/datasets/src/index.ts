export type { Augmentation, AugmentationBatch } from './augmentation';
export {
  corruptImages,
  type Corruption,
  type CorruptionName,
  corruptionNames,
  corruptionSeverities,
} from './corrupt-images';
export type { DataSource, ImageSet, ImageShape, OpenOptions, Progress } from './data-source';
export { defaultFit, type ImageFit } from './decode-image';
export { horizontalFlip } from './horizontal-flip';
export { type DatasetEntry, listDatasets } from './list-datasets';
export { listImageFiles } from './list-image-files';
export { createMemoryImageSet, type ImageChunk } from './memory-image-set';
export { openDataset } from './open-dataset';
export { padAndCrop } from './pad-and-crop';
export { readImage, type ReadImageOptions } from './read-image';
export type { Split, SplitRole } from './split';
export type { LoadOrigin, LoadSplit } from './split-load';
export { splitDataset, type SplitOptions, type Splits } from './split-dataset';
