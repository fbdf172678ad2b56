import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tf, tfl } from '../tf';
import { layoutOf } from './compile-binding';
import type { InstalledEngine } from './engine-folder';

/**
 * Registers an installed native engine with this program's TensorFlow.js, as the backend `tensorflow`.
 *
 * @param withAddon whether this package's own addon is loaded too: its operations, and memory that stays for the next tensors
 */
export function loadInstalledEngine({ folder, gpu }: InstalledEngine, withAddon: boolean): void {
  const { tfjsNode, binding, addon, quietLoading } = layoutOf(folder);
  const require = createRequire(join(tfjsNode, 'package.json'));
  (globalThis as Record<symbol, unknown>)[Symbol.for('earlyexit.tfjs')] = { ...tf, ...tfl };
  require('./dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend;
  };
  const native = loadQuietly(require, quietLoading, binding);
  if (withAddon) require(addon);
  const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(native, packageName), 3);
}

/** Loads the binding. What fails is thrown, so that nothing of worth is written to standard error meanwhile. */
function loadQuietly(require: NodeJS.Require, quietLoading: string, binding: string): unknown {
  const { hush, restore } = require(quietLoading) as { hush: () => void; restore: () => void };
  hush();
  try {
    return require(binding);
  } finally {
    restore();
  }
}
