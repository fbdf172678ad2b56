import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A native engine installed by this toolkit. */
export interface InstalledEngine {
  readonly name: 'tensorflow';
  /** TensorFlow's version. */
  readonly version: string;
  readonly gpu: boolean;
  /** Where it lies. */
  readonly folder: string;
  /** When it was installed, ISO 8601. */
  readonly installed: string;
  /** Which sources its training kernels were compiled from; others than this package's are not used. */
  readonly kernels: string;
}

const manifestName = 'engine.json';

/**
 * The user's own folder for engines: `EARLYEXIT_ENGINES` if it is set, else `earlyexit/engines` in the user's cache folder
 * (`XDG_CACHE_HOME`, by default `~/.cache`). Never inside `node_modules`, so that an engine outlives an installation.
 */
export function enginesFolder(): string {
  const own = process.env['EARLYEXIT_ENGINES'];
  if (own) return own;
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache ? cache : join(homedir(), '.cache'), 'earlyexit', 'engines');
}

/** The folder of one engine, whether it exists or not. */
export function engineFolder(engines: string, version: string, gpu: boolean): string {
  return join(engines, `tensorflow-${version}${gpu ? '-gpu' : ''}`);
}

/** The manifest is written last: a folder with one is a whole engine. */
export function manifestPath(folder: string): string {
  return join(folder, manifestName);
}

function readManifest(folder: string): InstalledEngine | null {
  try {
    const {
      version,
      gpu,
      installed,
      kernels = '',
    } = JSON.parse(readFileSync(manifestPath(folder), 'utf8')) as Partial<InstalledEngine>;
    if (typeof version !== 'string' || typeof gpu !== 'boolean' || typeof installed !== 'string') return null;
    return { name: 'tensorflow', version, gpu, folder, installed, kernels };
  } catch {
    return null;
  }
}

/**
 * The native engines installed by `installTensorflowEngine`, those for a GPU first, newer ones before older.
 *
 * @param folder where engines are kept; default: the user's cache folder, or `EARLYEXIT_ENGINES`
 */
export function listEngines(folder: string = enginesFolder()): InstalledEngine[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => readManifest(join(folder, name)))
    .filter((engine) => engine !== null)
    .sort(
      (a, b) => Number(b.gpu) - Number(a.gpu) || b.version.localeCompare(a.version, 'en', { numeric: true }),
    );
}

/**
 * Removes every native engine installed by `installTensorflowEngine`, with what an interrupted installation left.
 *
 * @returns the engines that were removed; empty if there were none
 */
export function removeEngines(folder: string = enginesFolder()): InstalledEngine[] {
  const engines = listEngines(folder);
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) {
      if (name.startsWith('tensorflow-')) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  return engines;
}
