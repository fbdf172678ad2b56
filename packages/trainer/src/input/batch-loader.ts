import type { SampleSource } from '@earlyexit/branch-head';

/** Loads one batch after the other. */
export interface BatchLoader {
  /** Whether it loads in the calling thread, so that what it does there holds the caller back. */
  readonly inLine: boolean;
  /** Begins to load images `[rows, height, width, channels]`, which stay as they are until the load after the next begins. */
  load(rows: Int32Array, augmentationSeed: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Loads in the calling thread. */
export function createInLineLoader(source: SampleSource): BatchLoader {
  return {
    inLine: true,
    load: (rows, augmentationSeed) => source.load(rows, { augmentationSeed }),
    close: () => Promise.resolve(),
  };
}
