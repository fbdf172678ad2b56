import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tf, tfl } from '../tf';
import { layoutOf } from './compile-binding';
import type { InstalledEngine } from './engine-folder';

/**
 * Registers an installed native engine with this program's TensorFlow.js, as the backend `tensorflow`.
 *
 * @param keepMemory whether memory that tensors leave stays with the process, for the next ones
 */
export function loadInstalledEngine({ folder, gpu }: InstalledEngine, keepMemory: boolean): void {
  const { tfjsNode, binding, allocator } = layoutOf(folder);
  const require = createRequire(join(tfjsNode, 'package.json'));
  (globalThis as Record<symbol, unknown>)[Symbol.for('earlyexit.tfjs')] = { ...tf, ...tfl };
  if (keepMemory) require(allocator);
  require('./dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend;
  };
  const native: unknown = require(binding);
  const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(native, packageName), 3);
}
