import { stat } from 'node:fs/promises';
import { DataError } from '@earlyexit/core';
import { explainRead } from '@earlyexit/core/node';

/** Whether a path is a folder or a file; throws DataError if it is neither. */
export async function pathKind(path: string, expected: string): Promise<'folder' | 'file'> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) return 'folder';
    if (status.isFile()) return 'file';
  } catch (error) {
    throw explainRead(error, path, `the place of ${expected} is named`);
  }
  throw new DataError({ where: path, rule: 'this is neither a file nor a folder' });
}

/** Refuses a path that is not a folder. */
export async function requireFolder(path: string, expected: string): Promise<void> {
  if ((await pathKind(path, expected)) === 'folder') return;
  throw new DataError({
    where: path,
    rule: `a folder with ${expected} is expected`,
    received: 'a file',
    remedy: 'Name the folder that holds it',
  });
}
