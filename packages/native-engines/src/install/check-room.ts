import { mkdirSync, statfsSync } from 'node:fs';
import { EnvironmentError } from '@earlyexit/core';

/** @throws EnvironmentError if the folder cannot be created, or its disk has too little room */
export function checkRoom(neededBytes: number, engines: string): void {
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
  const { bavail, bsize } = statfsSync(engines);
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
