import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '@earlyexit/core';

/** Keeps a second installation out of the same folder while this process lives. */
export function lockFolder(work: string): () => void {
  const path = join(work, 'lock');
  const take = (): boolean => {
    try {
      const file = openSync(path, 'wx');
      writeFileSync(file, String(process.pid));
      closeSync(file);
      return true;
    } catch {
      return false;
    }
  };
  if (!take()) {
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner !== process.pid && isAlive(owner)) {
      throw new EnvironmentError({
        where: work,
        rule: `another installation is at work here (process ${owner})`,
        remedy: 'Wait for it to end',
      });
    }
    rmSync(path);
    take();
  }
  return () => rmSync(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
