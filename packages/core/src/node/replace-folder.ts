import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@earlyexit/core';

/** The folder of a quickstart: written under another name, and renamed when everything is done. */
export interface OutFolder {
  /** Where to work. */
  readonly unfinished: string;
  /** Puts the finished folder in place of an earlier one. */
  finish(): Promise<void>;
}

/**
 * Prepares the folder of a quickstart. An earlier quickstart's folder will be replaced, once the new one is complete.
 *
 * @throws DataError if something else is in the way
 */
export async function openOutFolder(path: string): Promise<OutFolder> {
  const unfinished = `${path.replace(/[/\\]+$/, '')}.unfinished`;
  await refuseForeign(path);
  await refuseForeign(unfinished);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  return {
    unfinished,
    async finish() {
      await rm(path, { recursive: true, force: true });
      await rename(unfinished, path);
    },
  };
}

async function refuseForeign(path: string): Promise<void> {
  const status = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (status === null) return;
  if (!status.isDirectory()) {
    throw new DataError({
      where: path,
      rule: 'the quickstart writes into a folder',
      received: 'a file',
      remedy: 'Name another place with --out',
    });
  }
  const names = await readdir(path);
  if (names.length === 0 || (await isQuickstart(path, names))) return;
  throw new DataError({
    where: path,
    rule: 'only an earlier quickstart’s own folder is replaced',
    received: `a folder with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
    remedy: 'Name another place with --out, or remove the folder',
  });
}

async function isQuickstart(path: string, names: readonly string[]): Promise<boolean> {
  try {
    const config: unknown = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
    return typeof config === 'object' && config !== null && 'quickstart' in config;
  } catch {
    // Stopped before config.json was written: folders that hold nothing yet.
    const contents = await Promise.all(names.map((name) => readdir(join(path, name)).catch(() => [name])));
    return contents.every((inside) => inside.length === 0);
  }
}
