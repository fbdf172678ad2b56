import type { Size } from '../decode/cut-window';
import type { ImageWindow } from '../decode/image-window';
import type { ImageShape } from '../image-set/image-set';

/** A batch that an augmentation changes in place. */
export interface AugmentationBatch {
  /** `[images, height, width, channels]`, row-major */
  readonly bytes: Uint8Array;
  readonly imageShape: ImageShape;
  /** Number of images. */
  readonly images: number;
  /** 32 random bits for one image, the same whenever the same image is asked for under the same seed. */
  readonly random: (image: number) => number;
}

/** A random change of training images, on raw bytes before they are normalised. */
export interface Augmentation {
  readonly name: string;
  /** Changes `batch.bytes` in place. */
  apply(batch: AugmentationBatch): void;
  /**
   * Chooses the part of an image that the network sees, instead of `apply` and before all other augmentations, where
   * images are decoded when they are read: the part is then cut from the image as it is stored, with all its pixels.
   *
   * @param image the size of the stored image, turned as it is shown
   * @param bits 32 random bits, as `AugmentationBatch.random` gives them
   */
  readonly chooseWindow?: (image: Size, bits: number) => ImageWindow;
}
