import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { manifestPath } from './engine-layout';

/** A native TensorFlow that `@earlyexit/native-engines` installed. */
export interface InstalledEngine {
  readonly name: 'tensorflow';
  /** TensorFlow's version. */
  readonly version: string;
  readonly gpu: boolean;
  /** Its folder. */
  readonly folder: string;
  /** When it was installed, ISO 8601. */
  readonly installed: string;
  /**
   * The version of the sources that its training kernels were compiled from; kernels of other sources than this
   * package's are not used.
   */
  readonly kernels: string;
}

/**
 * The user's own folder for engines: `EARLYEXIT_ENGINES` if it is set, otherwise `earlyexit/engines` in the user's
 * cache folder (`XDG_CACHE_HOME`, or `~/.cache`). It is never inside `node_modules`, so that engines survive
 * reinstallation.
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
 * The native TensorFlow engines that `@earlyexit/native-engines` installed, those for a GPU first, newer before older.
 *
 * @param folder where engines are kept; `enginesFolder()` unless given
 */
export function listEngines(folder: string = enginesFolder()): InstalledEngine[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.partial'))
    .map((name) => readManifest(join(folder, name)))
    .filter((engine) => engine !== null)
    .sort(
      (a, b) => Number(b.gpu) - Number(a.gpu) || b.version.localeCompare(a.version, 'en', { numeric: true }),
    );
}
