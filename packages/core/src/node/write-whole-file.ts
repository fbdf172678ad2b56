import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EnvironmentError } from '../errors/environment-error';
import { explainWrite } from './file-error';
import { kindOfEntry } from './regular-file';
import { syncFolder, writeSynced } from './synced-files';

// Writing a file takes seconds; an hour-old temporary file was left by a process that was killed.
const LEFTOVER_MS = 3_600_000;

/**
 * Writes a file so that at any moment, even after a power cut, either the old one or the complete new one is there: it
 * is written under a temporary name, synced and renamed. Creates the folder if necessary. If two processes write the
 * same file at once, one of the two versions remains.
 *
 * @throws EnvironmentError that names `path` if it cannot be written; the old file, if any, is then untouched
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await refuseOddPlace(path);
    await writeBeside(beside, content);
    await rename(beside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw explainWrite(error, path);
  }
  await removeLeftovers(path);
}

/** A rename would replace a device or a pipe by a file. */
async function refuseOddPlace(path: string): Promise<void> {
  const kind = await stat(path).then(kindOfEntry, () => 'nothing');
  if (['a file', 'a folder', 'nothing'].includes(kind)) return;
  throw new EnvironmentError({
    where: path,
    rule: 'a file is written here',
    received: kind,
    remedy: 'Name another place',
  });
}

async function writeBeside(beside: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeSynced(beside, content, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(beside), { recursive: true });
    await writeSynced(beside, content, 'wx');
  }
}

/** Removes what killed processes left beside the file; a failure here does no harm. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const own = basename(path);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(`${own}.`) || !/^\.[0-9a-f]{12}\.tmp$/.test(name.slice(own.length))) continue;
    const leftover = join(folder, name);
    const age = await stat(leftover).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > LEFTOVER_MS) await rm(leftover, { force: true }).catch(() => undefined);
  }
}
