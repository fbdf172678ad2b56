import type { LoadOrigin } from '@earlyexit/branch-head';
import type { SentError } from './sent-error';

/** What the thread that loads is started with. */
export interface InputThreadStart {
  readonly origin: LoadOrigin;
  /** Two batches of images: one is used while the other is loaded. */
  readonly slots: readonly [Float32Array, Float32Array];
}

/** What it is asked for; null: it is no longer needed. */
export type InputRequest = {
  readonly rows: Int32Array;
  readonly augmentationSeed: number;
  /** Where the images go. */
  readonly slot: 0 | 1;
} | null;

/** Its answer to each request, in their order: how many numbers lie in the slot, or what went wrong. */
export type InputAnswer =
  | { readonly type: 'loaded'; readonly length: number }
  | { readonly type: 'failed'; readonly error: SentError };
