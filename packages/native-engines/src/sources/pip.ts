import { join } from 'node:path';
import type { PinnedWheel } from './pinned';
import { type CommandResult, runCommand } from '../run-command';

/** The pip of this machine, as command and first parameters; null if there is none. */
export async function findPip(): Promise<readonly string[] | null> {
  const candidates = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
  for (const candidate of candidates) {
    const [command, ...parameters] = candidate as [string, ...string[]];
    if ((await runCommand(command, [...parameters, '--version'])).code === 0) return candidate;
  }
  return null;
}

/** Has pip download exactly this wheel, whatever Python it is for. */
export function pipDownload(
  pip: readonly string[],
  wheel: PinnedWheel,
  folder: string,
  signal?: AbortSignal,
): Promise<CommandResult> {
  const [, , python, abi, platforms] =
    /^(.+?)-[^-]+(?:-\d[^-]*)?-([a-z0-9.]+)-([a-z0-9]+)-([^-]+)\.whl$/.exec(wheel.file)!;
  const [command, ...parameters] = pip as [string, ...string[]];
  return runCommand(
    command,
    [
      ...parameters,
      ...[
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '--quiet',
        '--disable-pip-version-check',
        '--dest',
        folder,
      ],
      ...(python!.split('.').includes('py3')
        ? []
        : ['--python-version', python!.slice(2), '--implementation', python!.slice(0, 2)]),
      ...['--abi', abi!],
      ...platforms!.split('.').flatMap((platform) => ['--platform', platform]),
      `${wheel.project}==${wheel.version}`,
    ],
    { signal },
  );
}

/** Asks pip, with one small request, whether its index has the wheel's version. */
export async function pipOffers(pip: readonly string[], wheel: PinnedWheel): Promise<boolean> {
  const [command, ...parameters] = pip as [string, ...string[]];
  const answer = await runCommand(command, [...parameters, 'index', 'versions', wheel.project]);
  return answer.code === 0 && answer.stdout.includes(wheel.version);
}

export const wheelPath = (folder: string, wheel: PinnedWheel): string => join(folder, wheel.file);
