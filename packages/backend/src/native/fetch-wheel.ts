import { hasSha256 } from './checksum';
import { pipDownload, wheelPath } from './pip';
import { downloadWheel, findWheel, pythonIndex } from './python-index';
import type { PinnedWheel } from './release';

/** What an installation is doing. */
export interface InstallProgress {
  readonly step: 'check' | 'download' | 'unpack' | 'compile' | 'verify' | 'done';
  readonly message: string;
  /** Of the file being downloaded. */
  readonly bytes?: number;
  readonly totalBytes?: number;
}

/** Those of the wheels that are not among the downloads yet, whole. */
export async function missingWheels(
  wheels: readonly PinnedWheel[],
  downloads: string,
): Promise<PinnedWheel[]> {
  const missing: PinnedWheel[] = [];
  for (const wheel of wheels) {
    if (!(await hasSha256(wheelPath(downloads, wheel), wheel.sha256))) missing.push(wheel);
  }
  return missing;
}

/** Fetches a wheel, through pip if there is one, else straight from the package index. */
export async function fetchWheel(
  wheel: PinnedWheel,
  downloads: string,
  pip: readonly string[] | null,
  onProgress: (progress: InstallProgress) => void,
  signal?: AbortSignal,
): Promise<void> {
  const path = wheelPath(downloads, wheel);
  const megabytes = Math.round(wheel.bytes / 1e6);
  if (pip !== null) {
    onProgress({
      step: 'download',
      message: `${wheel.file} (${megabytes} MB) through pip`,
      totalBytes: wheel.bytes,
    });
    const { code } = await pipDownload(pip, wheel, downloads, signal);
    if (code === 0 && (await hasSha256(path, wheel.sha256))) return;
    // pip may have been cut off, or be set to a mirror with other files: the index decides.
  }
  const url = await findWheel(pythonIndex(), wheel, signal);
  const report = (bytes: number): void =>
    onProgress({
      step: 'download',
      message: `${wheel.file} (${megabytes} MB)`,
      bytes,
      totalBytes: wheel.bytes,
    });
  await downloadWheel(url, wheel, path, report, signal);
}
