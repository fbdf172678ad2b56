import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A real data file that is too large for the repository, or `null` where it is not at hand. */
export function sharedData(name: string): string | null {
  const folder =
    process.env['EARLYEXIT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}

/** Why a test is skipped where `sharedData` has nothing. */
export function withoutData(name: string): string {
  return `${name} is not here: set EARLYEXIT_DATA to its folder`;
}
