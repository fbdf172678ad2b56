import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { enginesFolder, manifestPath } from '@earlyexit/backend/installed';

/** An OpenVINO that `installOpenvino` installed. */
export interface InstalledOpenvino {
  readonly name: 'openvino';
  readonly version: string;
  /** Its folder. */
  readonly folder: string;
  /** The folder of its libraries, which `loadOpenvino` of `@earlyexit/inference/openvino` takes. */
  readonly library: string;
  /** When it was installed, ISO 8601. */
  readonly installed: string;
}

const prefix = 'openvino-';

/** The folder of one version, whether it exists or not. */
export function openvinoFolder(engines: string, version: string): string {
  return join(engines, `${prefix}${version}`);
}

/**
 * The newest OpenVINO installed by `installOpenvino`; null if there is none.
 *
 * @param folder where engines are kept; `enginesFolder()` unless given
 */
export function findOpenvino(folder: string = enginesFolder()): InstalledOpenvino | null {
  const found = foldersIn(folder)
    .filter((name) => !name.endsWith('.partial'))
    .map(readManifest)
    .filter((each) => each !== null)
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  return found[0] ?? null;
}

/**
 * Removes every OpenVINO installed by `installOpenvino`, with what an interrupted installation left.
 *
 * @returns the newest of those that were removed; null if there was none
 * @throws the system's error if a file may not be removed
 */
export function removeOpenvino(folder: string = enginesFolder()): InstalledOpenvino | null {
  const found = findOpenvino(folder);
  for (const each of foldersIn(folder)) rmSync(each, { recursive: true, force: true });
  return found;
}

function foldersIn(engines: string): string[] {
  if (!existsSync(engines)) return [];
  return readdirSync(engines)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(engines, name));
}

/** The manifest is written last, so a folder that has one is complete. */
function readManifest(folder: string): InstalledOpenvino | null {
  try {
    const manifest = JSON.parse(readFileSync(manifestPath(folder), 'utf8')) as Partial<InstalledOpenvino>;
    const { version, installed } = manifest;
    if (typeof version !== 'string' || typeof installed !== 'string') return null;
    return { name: 'openvino', version, folder, library: join(folder, 'openvino', 'libs'), installed };
  } catch {
    return null;
  }
}
