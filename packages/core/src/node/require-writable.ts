import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EnvironmentError } from '../errors/environment-error';

/**
 * Checks, before slow work begins, whether its result can be written: to a file, or into a folder, that exists or can
 * be created.
 *
 * @throws EnvironmentError if it cannot
 */
export async function requireWritable(path: string): Promise<void> {
  for (let current = resolve(path), isTarget = true; ; current = dirname(current), isTarget = false) {
    try {
      const status = await stat(current);
      if (!isTarget && !status.isDirectory()) throw cannotWrite(path, `${current} is a file`);
      await access(current, constants.W_OK);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw code === undefined ? error : cannotWrite(path, `${current} (${code})`, error);
    }
  }
}

function cannotWrite(path: string, received: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError({
    where: path,
    rule: 'this user can write here',
    received,
    remedy: 'Change the permissions, or name another place',
    cause,
  });
}
