import { EnvironmentError } from '@earlyexit/core';
import { enginesFolder } from './engine-folder';
import type { InstallProgress } from './fetch-wheel';
import { installRelease, type InstallResult } from './install-release';
import { nativeRelease } from './release';
import { verifyBinding } from './verify-binding';

/** How the native engine is installed. */
export interface InstallOptions {
  /** For an NVIDIA GPU (about 2.1 GB to download instead of 0.3). Default: false. */
  readonly gpu?: boolean;
  /** Where engines are kept. Default: the user's cache folder, or `EARLYEXIT_ENGINES`. */
  readonly folder?: string;
  /** Told what is being done, in words, and how far a download has come. */
  readonly onProgress?: (progress: InstallProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Installs native TensorFlow: the C++ library from the pinned PyPI wheel (through pip where there is one, else straight
 * from the package index), and the binding of `@tensorflow/tfjs-node`, compiled here and checked with a small computation.
 * Everything goes into the user's cache folder. Calling it again does nothing; after an interruption it goes on with what
 * has been downloaded. From then on `selectEngine('tensorflow')` and `auto` find it.
 *
 * @throws EnvironmentError before anything is downloaded, when the platform, the compiler, disk space or the network are
 * not up to it, with the way out; later, when a download or the compilation fails
 */
export async function installTensorflowEngine(options: InstallOptions = {}): Promise<InstallResult> {
  const { gpu = false, folder: engines = enginesFolder(), onProgress = () => undefined, signal } = options;
  const release = nativeRelease(process.platform, process.arch, gpu);
  if (release === null) {
    throw new EnvironmentError({
      where: 'engine install',
      rule: `TensorFlow ${gpu ? 'for GPUs ' : ''}can be installed on Linux (${gpu ? 'x64' : 'x64, arm64'})`,
      received: `${process.platform} ${process.arch}`,
      remedy: gpu ? 'Leave out --gpu' : 'Use the WASM engine, or install @tensorflow/tfjs-node yourself',
    });
  }
  return installRelease(release, { gpu, engines, onProgress, signal, verify: verifyBinding });
}
