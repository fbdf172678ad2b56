import type { Size } from './cut-window';

/** A rectangle of an image, in its pixels. */
export interface ImageWindow extends Size {
  readonly top: number;
  readonly left: number;
}
