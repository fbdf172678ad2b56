import { stat } from 'node:fs/promises';
import { errorCode } from './file-error';

/**
 * What lies at a path, links followed: a folder, or anything else that has a name; null for nothing.
 *
 * @throws the system's error where this user may not look
 */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}
