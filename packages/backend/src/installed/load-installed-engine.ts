import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tf, tfl } from '../tf';
import type { OwnOperations } from '../tensorflow/register-tensorflow-training-kernels';
import type { InstalledEngine } from './engine-folder';
import { layoutOf } from './engine-layout';
import { kernelsVersion } from './kernel-sources';

/**
 * Registers an installed native engine with this program's TensorFlow.js, as the backend `tensorflow`.
 *
 * @param withAddon whether this package's own addon is loaded too: its operations, and memory that is kept for the next
 * tensors @returns the operations that the addon provides
 */
export function loadInstalledEngine(engine: InstalledEngine, withAddon: boolean): OwnOperations {
  const { folder, gpu } = engine;
  const { tfjsNode, binding, addon, quietLoading } = layoutOf(folder);
  const require = createRequire(join(tfjsNode, 'package.json'));
  (globalThis as Record<symbol, unknown>)[Symbol.for('earlyexit.tfjs')] = { ...tf, ...tfl };
  require('./dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend;
  };
  const native = loadQuietly(require, quietLoading, binding);
  const own = withAddon && isCurrent(engine) ? (require(addon) as { readonly convolution: boolean }) : null;
  const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(native, packageName), 3);
  // They compute on the processor; with a GPU every call would cost a copy there and back.
  return { training: own !== null && !gpu, convolution: own?.convolution === true && !gpu };
}

/** Whether the engine's training kernels are those of this package. */
export function isCurrent({ kernels }: InstalledEngine): boolean {
  return kernels === kernelsVersion();
}

/** Loads the binding. A failure is thrown, so nothing important is written to standard error meanwhile. */
function loadQuietly(require: NodeJS.Require, quietLoading: string, binding: string): unknown {
  const { hush, restore } = require(quietLoading) as { hush: () => void; restore: () => void };
  hush();
  try {
    return require(binding);
  } finally {
    restore();
  }
}
