import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { DataError } from '../errors/data-error';
import { kindOfPath } from './kind-of-path';

/** A folder that is written under another name and renamed when it is complete. */
export interface FolderReplacement {
  /** Where to work. */
  readonly unfinished: string;
  /** Puts the finished folder in place of an earlier one. */
  finish(): Promise<void>;
}

/**
 * Prepares a folder that replaces an earlier one of the same kind, once the new one is complete.
 *
 * @param options.owner who writes it, for messages: `quickstart`
 * @param options.isOwn whether a folder that is not empty, with these names in it, is an earlier one
 * @throws DataError if something else is in the way
 */
export async function replaceFolder(
  path: string,
  options: {
    readonly owner: string;
    readonly isOwn: (folder: string, names: readonly string[]) => Promise<boolean>;
  },
): Promise<FolderReplacement> {
  const unfinished = `${path.replace(/[/\\]+$/, '')}.unfinished`;
  for (const each of [path, unfinished]) await refuseForeign(each, options);
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

async function refuseForeign(
  path: string,
  { owner, isOwn }: Parameters<typeof replaceFolder>[1],
): Promise<void> {
  const kind = await kindOfPath(path);
  if (kind === null) return;
  if (kind === 'file') {
    throw new DataError({
      function: 'replaceFolder',
      where: path,
      rule: `the ${owner} writes into a folder`,
      received: 'a file',
      remedy: (called) => `Name another place with ${called('out')}`,
    });
  }
  const names = await readdir(path);
  if (names.length === 0 || (await isOwn(path, names))) return;
  throw new DataError({
    function: 'replaceFolder',
    where: path,
    rule: `only an earlier ${owner}’s own folder is replaced`,
    received: `a folder with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
    remedy: (called) => `Name another place with ${called('out')}, or remove the folder`,
  });
}
