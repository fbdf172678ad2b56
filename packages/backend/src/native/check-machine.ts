import { existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { EnvironmentError } from '@earlyexit/exit-criteria';
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
  await checkRoom(release, engines);
  await checkNpm(release.packages[0]!);
  const pip = await findPip();
  const [first] = missing;
  if (first === undefined) return { compiler, pip };
  if (pip !== null && (await pipOffers(pip, first))) return { compiler, pip };
  // Throws, with the way out, if the index cannot be reached either.
  await findWheel(pythonIndex(), first);
  return { compiler, pip: null };
}

async function checkRoom({ neededBytes }: NativeRelease, engines: string): Promise<void> {
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
