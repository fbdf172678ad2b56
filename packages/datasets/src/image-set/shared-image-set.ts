import type { ImageFit } from '../decode/decode-image';
import type { ImageSet, ImageShape } from './image-set';
import type { SharedPieces } from './shared-bytes';

/** Images `[count, height, width, channels]` in one buffer. */
export interface ImageChunk {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Images in memory, in one or more chunks. */
export interface MemoryImages {
  readonly name: string;
  readonly chunks: readonly ImageChunk[];
  readonly size: number;
  readonly imageShape: ImageShape;
}

/** Files that another thread can read, by position. */
export interface SharedFiles {
  readonly places: SharedPieces;
  /** What they hold; `null` where it is read from the place itself. */
  readonly contents: SharedPieces | null;
}

/** Decoded images that stay in memory, shared by the threads that decode. */
export interface KeptImages {
  /** `[size, height, width, channels]` */
  readonly bytes: Uint8Array;
  /** `[size]`: 1 where the image has been decoded. */
  readonly isKept: Uint8Array;
}

/** Encoded images that another thread can read. */
export interface SharedImageFiles {
  readonly files: SharedFiles;
  readonly size: number;
  readonly imageShape: ImageShape;
  readonly fit: ImageFit;
  readonly kept: KeptImages | null;
}

/** What another thread needs to read the same images. It can be cloned to that thread; large buffers are shared. */
export type SharedImageSet =
  | { readonly kind: 'memory'; readonly images: MemoryImages }
  | { readonly kind: 'files'; readonly images: SharedImageFiles };

// Keyed by the function, not the set: a copy of a set with another `read` is another set.
const shareable = new WeakMap<ImageSet['read'], () => SharedImageSet>();

/** Says how what `read` reads can be shared with other threads. */
export function markShareable(read: ImageSet['read'], share: () => SharedImageSet): void {
  shareable.set(read, share);
}

/** Whether other threads can read a set. A set with a `read` of the caller's own cannot leave its thread. */
export function isShareable({ read }: Pick<ImageSet, 'read'>): boolean {
  return shareable.has(read);
}

/** Moves a set into shared memory. */
export function shareImageSet({ read }: Pick<ImageSet, 'read'>): SharedImageSet {
  const share = shareable.get(read);
  if (share === undefined) throw new TypeError('This image set cannot be shared.');
  return share();
}
