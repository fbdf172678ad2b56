import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Installs a package that is too large for the repository into a cache folder outside of it, once, without running its
 * scripts.
 *
 * @param specifier name and version, as npm takes them
 * @returns the folder with its `node_modules`, or why it could not be had
 */
export async function installPackage(specifier: string): Promise<{ folder: string } | { reason: string }> {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'earlyexit',
    'test-packages',
  );
  const folder = join(cache, specifier.replaceAll(/[^\w.-]+/g, '-').replace(/^-/, ''));
  if (await exists(join(folder, 'node_modules'))) return { folder };
  let beside: string | null = null;
  try {
    await mkdir(cache, { recursive: true });
    beside = await mkdtemp(`${folder}-`);
    await writeFile(join(beside, 'package.json'), '{ "private": true }');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await promisify(execFile)(npm, ['install', '--ignore-scripts', '--no-audit', '--no-fund', specifier], {
      cwd: beside,
      shell: process.platform === 'win32',
    });
    // Whole or not at all, also when two test runs do it at once.
    await rename(beside, folder);
    return { folder };
  } catch (error) {
    if (beside !== null) await rm(beside, { recursive: true, force: true });
    if (await exists(join(folder, 'node_modules'))) return { folder };
    const [line] = (error as Error).message.split('\n');
    return { reason: `${specifier} could not be installed: ${line ?? ''}` };
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
