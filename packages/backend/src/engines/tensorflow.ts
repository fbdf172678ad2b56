import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Availability, EngineDriver } from '../engine';
import { type InstalledEngine, listEngines } from '../installed/engine-folder';
import { isCurrent, loadInstalledEngine } from '../installed/load-installed-engine';
import {
  type OwnOperations,
  registerTensorflowTrainingKernels,
} from '../tensorflow/register-tensorflow-training-kernels';
import { tf } from '../tf';
import { findPackage } from './find-package';
import { restoreNodeUtil } from './restore-node-util';

const packageNames = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** A tfjs-node that the user installed, and whether its binding has been compiled. */
interface NativePackage {
  readonly name: string;
  readonly entry: string;
  readonly version: string;
  readonly hasBinding: boolean;
}

/** Where the engine would be loaded from: the user's own package if it works, otherwise an engine that we installed. */
type Source = { readonly own: NativePackage } | { readonly installed: InstalledEngine };

function findSource(): Source | null {
  const own = findNativePackage();
  if (own?.hasBinding === true) return { own };
  const [installed] = listEngines();
  if (installed !== undefined) return { installed };
  return own === null ? null : { own };
}

/** The first tfjs-node(-gpu) with a binding, otherwise the first without. */
function findNativePackage(): NativePackage | null {
  const found = packageNames.flatMap(findPackage).map(({ name, version, root }) => ({
    ...{ name, version, entry: join(root, 'dist', 'index.js'), hasBinding: hasBinding(root) },
  }));
  return found.find((one) => one.hasBinding) ?? found[0] ?? null;
}

function hasBinding(root: string): boolean {
  const lib = join(root, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
}

const remedy = 'Install it with: earlyexit engine install tensorflow';

/** Native TensorFlow: the user's own tfjs-node(-gpu), or the engine of `@earlyexit/native-engines`. */
export const tensorflowEngine: EngineDriver = {
  name: 'tensorflow',
  probe(): Promise<Availability> {
    const source = findSource();
    if (source === null)
      return Promise.resolve({ available: false, reason: 'native TensorFlow is not installed', remedy });
    if ('installed' in source) {
      const { version, gpu, folder } = source.installed;
      const old = isCurrent(source.installed)
        ? ''
        : '; its training kernels are of another version: earlyexit engine install tensorflow renews them';
      const reason = `native TensorFlow ${version}${gpu ? ' for GPUs' : ''}, installed in ${folder}${old}`;
      return Promise.resolve({ available: true, version, reason });
    }
    const { name, version, hasBinding: built } = source.own;
    if (!built) {
      return Promise.resolve({
        available: false,
        reason: `${name} ${version} is installed, but its native binding was not built`,
        remedy,
      });
    }
    return Promise.resolve({ available: true, version, reason: `native TensorFlow through ${name}` });
  },
  load({ threads, trainingKernels = true }) {
    if (threads !== undefined) {
      // TensorFlow reads these once, when its library starts.
      process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
      process.env['TF_NUM_INTEROP_THREADS'] = '1';
      process.env['OMP_NUM_THREADS'] = String(threads);
    }
    // By default TensorFlow uses oneDNN only on processors with instructions for neural networks; with only AVX2 a
    // training step takes 1.6 times as long without it.
    if (trainingKernels) process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
    // CUDA would round the factors of convolutions and products to 10 bits (TF32), which gives other numbers than the
    // other engines.
    process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
    // By default TensorFlow takes all of a GPU's memory at once and leaves none to a second process.
    process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
    restoreNodeUtil();
    const source = findSource();
    if (source === null) return Promise.reject(new Error('it was removed in the meantime'));
    let own: OwnOperations = { training: false, convolution: false };
    if ('installed' in source) own = loadInstalledEngine(source.installed, trainingKernels);
    else createRequire(import.meta.url)(source.own.entry);
    if (trainingKernels) registerTensorflowTrainingKernels(own);
    return Promise.resolve();
  },
  remarks() {
    const { isGPUPackage = false, isUsingGpuDevice = false } = tf.backend() as Partial<
      Record<'isGPUPackage' | 'isUsingGpuDevice', boolean>
    >;
    if (!isGPUPackage) return [];
    return [
      isUsingGpuDevice
        ? 'it computes on the GPU'
        : 'it computes on the processor: it was built for GPUs, and no NVIDIA GPU with a driver for CUDA 12 was found',
    ];
  },
};
