import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { manifestPath } from '@earlyexit/backend/installed';
import type { WorkOptions } from '@earlyexit/core';
import { lockFolder, writeWholeFile } from '@earlyexit/core/node';
import { unzip } from '../archives/unzip';
import { checkIndex, fetchWheel, missingWheels } from '../sources/fetch-wheel';
import { wheelPath } from '../sources/pip';
import type { PinnedWheel } from '../sources/pinned';
import { checkRoom } from './check-room';

/** What differs between engines: what one consists of and how it is built. */
export interface EngineRecipe<Manifest extends object> {
  /** The folder of all engines. */
  readonly engines: string;
  /** The folder that the finished engine goes to. */
  readonly target: string;
  readonly wheels: readonly PinnedWheel[];
  /** Which files of the wheels are unpacked. */
  readonly isNeeded: (name: string) => boolean;
  /** Where they are unpacked, relative to the engine's folder. */
  readonly site: string;
  /** Disk space that the engine and its downloads take together during installation. */
  readonly neededBytes: number;
  /** Checks what else is needed, before anything is downloaded. */
  readonly check?: () => Promise<void>;
  /** What is checked, for people. */
  readonly checked: string;
  /** Builds the engine in `work` from what has been unpacked there, and returns its manifest. */
  readonly finish: (work: string, downloads: string) => Promise<Manifest>;
}

/**
 * Installs an engine: checks what is needed, downloads, unpacks and builds it in a temporary folder, and moves it into
 * place with its manifest when it is complete. One process at a time; downloads of an interrupted attempt are reused.
 */
export async function installEngine<Manifest extends object>(
  recipe: EngineRecipe<Manifest>,
  options: WorkOptions,
): Promise<Manifest> {
  const { engines, target, wheels } = recipe;
  const note = (text: string): void => options.onNote?.({ level: 'note', text });
  const work = `${target}.partial`;
  const downloads = join(work, 'downloads');
  note(`checking ${recipe.checked}`);
  const missing = await missingWheels(wheels, downloads);
  await recipe.check?.();
  checkRoom(recipe.neededBytes, engines);
  const pip = await checkIndex(missing);
  mkdirSync(downloads, { recursive: true });
  const unlock = lockFolder(work, 'another installation');
  try {
    for (const wheel of missing) await fetchWheel(wheel, downloads, pip, options);
    for (const wheel of wheels) {
      note(`unpacking ${wheel.file}`);
      await unzip(wheelPath(downloads, wheel), join(work, recipe.site), recipe.isNeeded, options.signal);
    }
    const manifest = await recipe.finish(work, downloads);
    await writeWholeFile(manifestPath(work), `${JSON.stringify(manifest, null, 2)}\n`);
    rmSync(downloads, { recursive: true });
    unlock();
    // Whatever is there is older, or left over from an interrupted removal.
    rmSync(target, { recursive: true, force: true });
    renameSync(work, target);
    return manifest;
  } finally {
    unlock();
  }
}
