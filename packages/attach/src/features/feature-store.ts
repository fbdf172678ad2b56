import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@earlyexit/core';
import { explainWrite, lockFolder, readInto } from '@earlyexit/core/node';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** What is kept, so that nothing else is taken for it. */
export interface StoredFeatures {
  /** Everything that the numbers depend on. */
  readonly key: readonly (string | Uint8Array)[];
  /** Of each kind: how many numbers one sample has. */
  readonly widths: readonly number[];
  readonly samples: number;
}

/**
 * Numbers of many samples, kept on the disk kind by kind, so that memory holds one kind at a time. In a folder that
 * stays, work that was interrupted goes on where it stopped.
 */
export class FeatureStore {
  readonly #folder: string;
  readonly #isTemporary: boolean;
  readonly #files: readonly FileHandle[];
  readonly #stored: StoredFeatures;
  /** Gives the folder free. */
  readonly #release: () => void;
  /** How many samples are there. */
  #done: number;

  private constructor(
    place: { readonly folder: string; readonly isTemporary: boolean; readonly release: () => void },
    files: readonly FileHandle[],
    stored: StoredFeatures,
    done: number,
  ) {
    this.#folder = place.folder;
    this.#isTemporary = place.isTemporary;
    this.#release = place.release;
    this.#files = files;
    this.#stored = stored;
    this.#done = done;
  }

  /**
   * @param folder where it is kept, made if it is not there; null: in a temporary folder, until it is closed
   * @throws EnvironmentError if nothing can be written there, or another process is at work on the same features
   */
  static async open(folder: string | null, stored: StoredFeatures): Promise<FeatureStore> {
    const files: FileHandle[] = [];
    const isTemporary = folder === null;
    const place = isTemporary ? await mkdtemp(join(tmpdir(), 'earlyexit-')) : join(folder, keyOf(stored));
    // Two processes that append to the same files would mix their samples.
    const release = lockFolder(place, 'another run');
    try {
      let done = stored.samples;
      for (const [kind, width] of stored.widths.entries()) {
        const file = await open(join(place, `${kind}.f32`), isTemporary ? 'wx+' : 'a+');
        files.push(file);
        done = Math.min(done, Math.floor((await file.stat()).size / (width * BYTES)));
      }
      // What an interruption left half written is written again.
      for (const [kind, file] of files.entries()) await file.truncate(done * stored.widths[kind]! * BYTES);
      return new FeatureStore({ folder: place, isTemporary, release }, files, stored, done);
    } catch (error) {
      for (const file of files) await file.close();
      release();
      throw explainWrite(error, place);
    }
  }

  get done(): number {
    return this.#done;
  }

  /** Adds the next samples: of each kind `[samples, width]`. */
  async append(kinds: readonly Float32Array[]): Promise<void> {
    const samples = kinds[0]!.length / this.#stored.widths[0]!;
    try {
      for (const [kind, values] of kinds.entries()) {
        await this.#files[kind]!.appendFile(
          new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        );
      }
    } catch (error) {
      throw explainWrite(error, this.#folder);
    }
    this.#done += samples;
  }

  /**
   * Reads samples of one kind that follow each other, `[samples, width]`.
   *
   * @throws DataError if they are no longer there; the signal's reason if aborted
   */
  async read(
    kind: number,
    [from, to]: readonly [from: number, to: number],
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const width = this.#stored.widths[kind]!;
    const values = new Float32Array((to - from) * width);
    const bytes = new Uint8Array(values.buffer);
    const read = await readInto(bytes, this.#files[kind]!, { from: from * width * BYTES, signal });
    if (read === bytes.length) return values;
    throw new DataError({
      where: this.#folder,
      rule: 'features that were kept stay there while they are read',
      received: `${read} of ${bytes.length} bytes`,
    });
  }

  /** Closes the files, and takes them away where nobody asked to keep them. */
  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
    this.#release();
    if (this.#isTemporary) await rm(this.#folder, { recursive: true, force: true });
  }
}

function keyOf({ key, widths, samples }: StoredFeatures): string {
  const hash = createHash('sha256').update(JSON.stringify([widths, samples]));
  for (const part of key) hash.update(createHash('sha256').update(part).digest());
  return `features-${hash.digest('hex').slice(0, 16)}`;
}
