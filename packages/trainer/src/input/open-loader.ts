import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SampleSource } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { type BatchLoader, createInLineLoader } from './batch-loader';
import type { InputThreadOptions } from './input-thread-options';
import { startThreadLoader } from './thread-loader';

/**
 * Opens what loads the batches of a training: a thread of its own if `source.load` has an `origin`, else the calling
 * thread.
 *
 * @throws ArgumentError if `wanted` asks for a thread and there can be none
 */
export function openLoader(
  source: SampleSource,
  batchSize: number,
  wanted: boolean | InputThreadOptions | undefined,
): BatchLoader {
  // Not even asked for its origin, which may cost something.
  if (wanted === false) return createInLineLoader(source);
  const program = typeof wanted === 'object' ? wanted.program : new URL('./input-thread.js', import.meta.url);
  const { origin } = source.load;
  const missing = [origin?.module, typeof wanted === 'object' ? undefined : program].find(isMissing);
  if (origin !== undefined && missing === undefined) {
    const [height, width, channels] = source.imageShape;
    const thread = startThreadLoader(program, origin, batchSize * height * width * channels);
    return withFirstInLine(thread, source);
  }
  if (wanted !== undefined) {
    throw new ArgumentError({
      where: 'train inputThread',
      rule: 'a thread can load what says how it is loaded there (load.origin), by programs that are files of their own',
      received: origin === undefined ? 'a source without it' : `${String(missing)}, which is not there`,
      remedy: 'Leave inputThread out: then the thread that trains loads what no other can',
    });
  }
  return createInLineLoader(source);
}

/** Loads the first batch in the calling thread, which would otherwise wait for the other one to start. */
function withFirstInLine(thread: BatchLoader, source: SampleSource): BatchLoader {
  const inLine = createInLineLoader(source);
  let loader = inLine;
  return {
    ...thread,
    load(rows, augmentationSeed) {
      const images = loader.load(rows, augmentationSeed);
      loader = thread;
      return images;
    },
  };
}

/** Bundled into one file, neither this package nor one with data has its other files beside it. */
function isMissing(module: URL | string | undefined): boolean {
  const address = String(module);
  return module !== undefined && address.startsWith('file:') && !existsSync(fileURLToPath(address));
}
