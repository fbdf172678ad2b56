import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Availability, EngineDriver } from '../engine';
import { restoreNodeUtil } from './restore-node-util';

const packageNames = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Where a native package was found, and whether its binding has been compiled. */
interface NativePackage {
  readonly name: string;
  readonly entry: string;
  readonly version: string;
  readonly hasBinding: boolean;
}

/** Looks for tfjs-node(-gpu) beside this package and beside the program that uses it. */
function findNativePackage(): NativePackage | null {
  const resolvers = [createRequire(import.meta.url), createRequire(join(process.cwd(), 'package.json'))];
  let withoutBinding: NativePackage | null = null;
  for (const name of packageNames) {
    for (const require of resolvers) {
      let manifestPath: string;
      try {
        manifestPath = require.resolve(`${name}/package.json`);
      } catch {
        continue;
      }
      const root = dirname(manifestPath);
      const { version } = require(manifestPath) as { version: string };
      const found = { name, entry: join(root, 'dist', 'index.js'), version, hasBinding: hasBinding(root) };
      if (found.hasBinding) return found;
      withoutBinding ??= found;
    }
  }
  return withoutBinding;
}

function hasBinding(root: string): boolean {
  const lib = join(root, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
}

/** Native TensorFlow through `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`: the fastest, where it is installed. */
export const tensorflowEngine: EngineDriver = {
  name: 'tensorflow',
  probe(): Promise<Availability> {
    const found = findNativePackage();
    if (found === null) {
      return Promise.resolve({
        available: false,
        reason: 'neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed',
        remedy: 'Install it with: npm install @tensorflow/tfjs-node',
      });
    }
    if (!found.hasBinding) {
      return Promise.resolve({
        available: false,
        reason: `${found.name} ${found.version} is installed, but its native binding was not built`,
        remedy: `Build it with: npm rebuild ${found.name} --build-addon-from-source`,
      });
    }
    return Promise.resolve({ available: true, version: found.version, reason: `native TensorFlow through ${found.name}` });
  },
  load({ threads }) {
    if (threads !== undefined) {
      // TensorFlow reads these once, when its library starts.
      process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
      process.env['OMP_NUM_THREADS'] = String(threads);
    }
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
    restoreNodeUtil();
    const found = findNativePackage();
    if (found !== null) createRequire(import.meta.url)(found.entry);
    return Promise.resolve();
  },
  remarks: () => [],
};
