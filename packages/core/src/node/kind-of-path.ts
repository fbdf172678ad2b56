import { stat } from 'node:fs/promises';
import { errorCode } from './file-error';

/**
 * What is at a path, following links: a folder, or anything else ('file'); null for nothing.
 *
 * @throws the system's error if this user may not look
 */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}
