import { enginesFolder } from '@earlyexit/backend/installed';
import { EnvironmentError } from '@earlyexit/core';
import type { InstallOptions } from '../install-options';
import { installRelease, type InstallResult } from './install-release';
import { nativeRelease } from './release';
import { verifyBinding } from './verify-binding';

/** How native TensorFlow is installed. */
export interface TensorflowInstallOptions extends InstallOptions {
  /** For an NVIDIA GPU (about 2.1 GB to download instead of 0.3); false unless given. */
  readonly gpu?: boolean | undefined;
}

/**
 * Installs native TensorFlow: the C++ library from the pinned PyPI wheel (through pip if available, otherwise directly
 * from the package index), and the binding of `@tensorflow/tfjs-node`, compiled here and checked with a small
 * computation. Everything goes into the user's cache folder. Calling it again does nothing; after an interruption it
 * continues with what has been downloaded. From then on `selectEngine('tensorflow')` of `@earlyexit/backend` finds it.
 *
 * @throws EnvironmentError with the way out: before anything is downloaded if the platform, the compiler, the disk
 * space or the network is insufficient; later if a download or the compilation fails
 */
export async function installTensorflowEngine(
  options: TensorflowInstallOptions = {},
): Promise<InstallResult> {
  const { gpu = false, folder: engines = enginesFolder(), ...work } = options;
  const release = nativeRelease(process.platform, process.arch, gpu);
  if (release === null) {
    throw new EnvironmentError({
      where: 'installTensorflowEngine',
      rule: `TensorFlow ${gpu ? 'for GPUs ' : ''}can be installed on Linux (${gpu ? 'x64' : 'x64, arm64'})`,
      received: `${process.platform} ${process.arch}`,
      remedy: gpu
        ? 'Install the one that computes on the processor'
        : 'Use the WASM engine, or install @tensorflow/tfjs-node yourself',
    });
  }
  return installRelease(release, { gpu, engines, verify: verifyBinding, ...work });
}
