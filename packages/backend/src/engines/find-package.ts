import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** An npm package that may or may not be installed. */
export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly root: string;
  /** Loads the package, or a file of it. */
  readonly require: NodeJS.Require;
}

/**
 * Looks for a package beside this one and beside the program that uses it; returns every place where it is, this
 * package's first.
 */
export function findPackage(name: string): FoundPackage[] {
  const requires = [createRequire(import.meta.url), createRequire(join(process.cwd(), 'package.json'))];
  return requires.flatMap((require) => {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      const { version } = require(manifest) as { version: string };
      return [{ name, version, root: dirname(manifest), require }];
    } catch {
      return [];
    }
  });
}
