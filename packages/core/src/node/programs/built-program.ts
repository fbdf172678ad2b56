import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../../errors/environment-error';

/**
 * The folder of the package that a module belongs to, whether the module is built or a source.
 *
 * @param module its `import.meta.url`
 * @throws EnvironmentError if no folder above has a package.json
 */
export function packageFolder(module: string): string {
  let folder = dirname(fileURLToPath(module));
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw notThere(`package.json above ${fileURLToPath(module)}`);
    folder = dirname(folder);
  }
  return folder;
}

/**
 * A program that a package starts in a separate process: `dist/<name>.js`.
 *
 * @param module the `import.meta.url` of a module of the package
 * @throws EnvironmentError if it is missing
 */
export function builtProgram(module: string, name: string): string {
  const path = join(packageFolder(module), 'dist', `${name}.js`);
  if (existsSync(path)) return path;
  throw notThere(path);
}

function notThere(received: string): EnvironmentError {
  return new EnvironmentError({
    where: 'startProgram',
    rule: 'a program that runs in a separate process is in the dist folder of its package',
    received: `no ${received}`,
    remedy: 'In a checkout, run npm run build; do not bundle the package into an application',
  });
}
