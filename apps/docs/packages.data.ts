import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A published package, as its package.json describes it. */
export interface PackageEntry {
  readonly name: string;
  readonly description: string;
}

declare const data: readonly PackageEntry[];
export { data };

export default {
  load(): PackageEntry[] {
    return [...readdirSync(`${root}/packages`).map((name) => `packages/${name}`), 'apps/cli']
      .map((folder) => `${root}/${folder}/package.json`)
      .filter((path) => existsSync(path))
      .map((path) => JSON.parse(readFileSync(path, 'utf8')) as PackageEntry & { private?: boolean })
      .filter((manifest) => manifest.private !== true)
      .map(({ name, description }) => ({ name, description }));
  },
};
