export type { Augmentation, AugmentationBatch } from './augmentation';
export type { DataSource, ImageSet, ImageShape, OpenOptions, Progress } from './data-source';
export { horizontalFlip } from './horizontal-flip';
export { type DatasetEntry, listDatasets } from './list-datasets';
export { createMemoryImageSet, type ImageChunk } from './memory-image-set';
export { openDataset } from './open-dataset';
export { padAndCrop } from './pad-and-crop';
export type { Split, SplitRole } from './split';
export { splitDataset, type SplitOptions, type Splits } from './split-dataset';
