import { availableParallelism } from 'node:os';
import { EarlyExitError, type WorkOptions } from '@earlyexit/core';
import { DAMAGED, decodeImage, readImageSize } from '../decode/decode-image';
import { checkImageFormat, looksCut } from '../decode/image-format';
import type { LabelledFiles } from './read-classes';
import type { Tree } from './tree';

// The header of nearly every picture, previews and colour profile included, and hardly more than one read of the disk.
const HEADER_BYTES = 2 ** 16;
const REPORT_EVERY = 64;

/** An image that cannot be read. */
export interface BrokenImage {
  /** Its place. */
  readonly place: string;
  /** What is wrong with it. */
  readonly reason: string;
  readonly files: LabelledFiles;
  readonly index: number;
}

/** Looks at an image: its header, and all of it where its end looks cut off or that is asked for. */
async function checkImage(tree: Tree, file: string, isThorough: boolean): Promise<void> {
  const place = tree.place(file);
  const { size, start, end } = await tree.readEnds(file, HEADER_BYTES);
  checkImageFormat(start, place);
  try {
    await readImageSize(start, place);
  } catch (error) {
    // Only the header of the part that was read, which may not be all of it.
    if (start.length === size) throw error;
    await readImageSize(await tree.read(file), place);
  }
  // Some files end otherwise than they should and are whole: only the decoder knows.
  if (isThorough || looksCut(start, end, size))
    await decodeImage(await tree.read(file), place, { imageShape: [8, 8, 1], fit: 'fill', invert: false });
}

/**
 * Looks at the header of every image, and at more where it looks cut off, without decoding the rest: what is broken is
 * found before anything is computed from the others.
 *
 * @param options.thorough whether every image is decoded, which alone finds damage within a file; `false` unless given
 * @returns the broken ones, in order
 * @throws the reason of `signal`
 */
export async function findBrokenImages(
  parts: readonly LabelledFiles[],
  options: Pick<WorkOptions, 'onProgress' | 'signal'> & { readonly thorough?: boolean },
): Promise<BrokenImage[]> {
  const { onProgress, signal, thorough = false } = options;
  const broken: BrokenImage[] = [];
  const total = parts.reduce((sum, { files }) => sum + files.length, 0);
  let done = 0;
  for (const part of parts) {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < part.files.length) {
        signal?.throwIfAborted();
        const index = next;
        next += 1;
        const file = part.files[index]!;
        await checkImage(part.tree, file, thorough).catch((error: unknown) => {
          if (!EarlyExitError.is(error) || error.kind !== 'data') throw error;
          const { rule, received, where } = error.parts;
          // What the decoder says of a damaged image is said where it alone is opened.
          const reason = rule === DAMAGED ? rule : (received ?? rule);
          broken.push({ place: where, reason, files: part, index });
        });
        done += 1;
        if (done % REPORT_EVERY === 0 || done === total)
          onProgress?.({ what: 'checking images', done, total, unit: 'files' });
      }
    };
    await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  }
  const order = new Map(parts.map((part, position) => [part, position]));
  return broken.sort((a, b) => order.get(a.files)! - order.get(b.files)! || a.index - b.index);
}
