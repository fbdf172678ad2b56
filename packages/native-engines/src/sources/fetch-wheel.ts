import type { WorkOptions } from '@earlyexit/core';
import { hasChecksum } from '@earlyexit/core/node';
import { findPip, pipDownload, pipOffers, wheelPath } from './pip';
import type { PinnedWheel } from './pinned';
import { checksumOf, downloadWheel, findWheel, pythonIndex } from './python-index';

/** The wheels that have not been downloaded completely yet. */
export async function missingWheels(
  wheels: readonly PinnedWheel[],
  downloads: string,
): Promise<PinnedWheel[]> {
  const missing: PinnedWheel[] = [];
  for (const wheel of wheels) {
    if (!(await hasChecksum(wheelPath(downloads, wheel), checksumOf(wheel)))) missing.push(wheel);
  }
  return missing;
}

/**
 * The pip that can download the wheels; null if they come directly from the package index.
 *
 * @throws EnvironmentError if neither pip nor the index has the first of them
 */
export async function checkIndex([first]: readonly PinnedWheel[]): Promise<readonly string[] | null> {
  const pip = await findPip();
  if (first === undefined) return pip;
  if (pip !== null && (await pipOffers(pip, first))) return pip;
  await findWheel(pythonIndex(), first);
  return null;
}

/** Fetches a wheel, through pip if available, otherwise directly from the package index. */
export async function fetchWheel(
  wheel: PinnedWheel,
  downloads: string,
  pip: readonly string[] | null,
  { signal, onProgress, onNote }: WorkOptions,
): Promise<void> {
  const path = wheelPath(downloads, wheel);
  const megabytes = Math.round(wheel.bytes / 1e6);
  const note = (through: string): void =>
    onNote?.({ level: 'note', text: `${wheel.file} (${megabytes} MB)${through}` });
  if (pip !== null) {
    note(' through pip');
    const { code } = await pipDownload(pip, wheel, downloads, signal);
    if (code === 0 && (await hasChecksum(path, checksumOf(wheel)))) return;
    // pip may have been cut off, or be configured for a mirror with other files; the index decides.
  }
  const url = await findWheel(pythonIndex(), wheel, signal);
  note('');
  await downloadWheel(url, wheel, path, { signal, onProgress });
}
