import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for downloaded data: `EARLYEXIT_CACHE` if set, else `earlyexit` in the user's cache folder
 * (`XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows).
 */
export function cacheFolder(): string {
  const environment = process.env;
  const own = environment['EARLYEXIT_CACHE'];
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'win32') {
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'earlyexit');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'earlyexit');
  // An empty XDG_CACHE_HOME counts as unset (XDG base directory specification).
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg, 'earlyexit');
}

/** The path of a downloaded file. */
export function cachePath(fileName: string): string {
  return join(cacheFolder(), fileName);
}
