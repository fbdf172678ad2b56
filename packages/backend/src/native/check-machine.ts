import { existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { EnvironmentError } from '@earlyexit/core';
import { findCompiler } from './compile-binding';
import { checkNpm } from './npm-package';
import { findPip, pipOffers } from './pip';
import { findWheel, pythonIndex } from './python-index';
import type { NativeRelease, PinnedWheel } from './release';

/** What was found on the machine, to be used by the installation. */
export interface Tools {
  readonly compiler: string;
  /** pip, if there is one that reaches its index; else the index is read without it. */
  readonly pip: readonly string[] | null;
}

/** Checks everything that an installation needs before it downloads anything; the first thing missing is an error. */
export async function checkMachine(
  release: NativeRelease,
  engines: string,
  missing: readonly PinnedWheel[],
): Promise<Tools> {
  const compiler = await findCompiler();
  await checkRoom(release.neededBytes, engines);
  await checkNpm(release.packages[0]!);
  return { compiler, pip: await checkIndex(missing) };
}

/** The pip through which the wheels can be had; null if it is the package index itself, without pip. */
export async function checkIndex([first]: readonly PinnedWheel[]): Promise<readonly string[] | null> {
  const pip = await findPip();
  if (first === undefined) return pip;
  if (pip !== null && (await pipOffers(pip, first))) return pip;
  // Throws, with the way out, if the index cannot be reached either.
  await findWheel(pythonIndex(), first);
  return null;
}

/** @throws EnvironmentError if the folder cannot be made, or its disk has not that much room */
export async function checkRoom(neededBytes: number, engines: string): Promise<void> {
  try {
    mkdirSync(engines, { recursive: true });
  } catch (cause) {
    throw new EnvironmentError({
      where: engines,
      rule: `the folder for engines cannot be made (${cause instanceof Error ? cause.message : String(cause)})`,
      remedy: 'Set EARLYEXIT_ENGINES to a folder that can be written',
      cause,
    });
  }
  if (!existsSync(engines)) return;
  const { bavail, bsize } = await statfs(engines);
  const free = bavail * bsize;
  if (free < neededBytes) {
    const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
    throw new EnvironmentError({
      where: engines,
      rule: `${gigabytes(neededBytes)} of disk space are needed to install the engine`,
      received: `${gigabytes(free)} free`,
      remedy: 'Make room, or set EARLYEXIT_ENGINES to a folder on another disk',
    });
  }
}
