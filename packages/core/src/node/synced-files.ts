import { open } from 'node:fs/promises';

/**
 * Writes a file, of one piece or of parts that follow one another, over an old one unless `flags` are `wx`, and waits
 * until it is on the disk.
 *
 * @throws the system's error, which `explainWrite` puts into words
 */
export async function writeSynced(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  flags: 'w' | 'wx' = 'w',
): Promise<void> {
  const file = await open(path, flags);
  try {
    const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
    // Each goes on where the one before it ended.
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The errors of systems that cannot sync a folder; at worst they lose the latest rename. */
const CANNOT_SYNC = ['EISDIR', 'EINVAL', 'EPERM', 'EACCES', 'ENOTSUP'];

/**
 * Waits until the entries of a folder are on the disk, if the system can do that (Windows cannot).
 *
 * @throws the system's error if the folder does not exist
 */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!CANNOT_SYNC.includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
