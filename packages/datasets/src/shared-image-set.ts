import type { ImageSet } from './data-source';
import type { SharedImageFiles } from './image-files-set';
import type { MemoryImages } from './memory-image-set';

/** What another thread needs to read the same images; can be cloned to it, and what is large is not copied. */
export type SharedImageSet =
  | { readonly kind: 'memory'; readonly images: MemoryImages }
  | { readonly kind: 'files'; readonly images: SharedImageFiles };

// By the function, not by the set: a copy of a set that reads with another function is another set.
const shareable = new WeakMap<ImageSet['read'], () => SharedImageSet>();

/** Says how what `read` reads can be shared with other threads. */
export function markShareable(read: ImageSet['read'], share: () => SharedImageSet): void {
  shareable.set(read, share);
}

/** Whether other threads can read a set; one of the user's own stays in his thread. */
export function isShareable({ read }: Pick<ImageSet, 'read'>): boolean {
  return shareable.has(read);
}

/** Moves a set into shared memory. */
export function shareImageSet({ read }: Pick<ImageSet, 'read'>): SharedImageSet {
  const share = shareable.get(read);
  if (share === undefined) throw new TypeError('This image set cannot be shared.');
  return share();
}
