import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder, writeWholeFile } from '@earlyexit/core/node';
import { checkMachine } from './check-machine';
import { compileAddons, compileBinding, layoutOf } from './compile-binding';
import { engineFolder, type InstalledEngine, listEngines, manifestPath } from './engine-folder';
import { fetchWheel, type InstallProgress, missingWheels } from './fetch-wheel';
import { kernelsVersion } from './kernel-sources';
import { installNpmPackage } from './npm-package';
import { wheelPath } from './pip';
import type { NativeRelease } from './release';
import { unzip } from './unzip';
import type { BindingReport } from './verify-binding';

/** An engine that is installed, and whether this call did it. */
export interface InstallResult extends InstalledEngine {
  readonly alreadyThere: boolean;
  /** Whether TensorFlow found a GPU in the check; null where the engine was there already. */
  readonly usesGpu: boolean | null;
}

interface ReleaseOptions {
  readonly gpu: boolean;
  /** The folder of all engines. */
  readonly engines: string;
  readonly onProgress: (progress: InstallProgress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Lets the finished engine compute. */
  readonly verify: (folder: string) => Promise<BindingReport>;
}

/** Installs one release beside its place and moves it there when it has computed correctly. */
export async function installRelease(
  release: NativeRelease,
  { gpu, engines, onProgress, signal, verify }: ReleaseOptions,
): Promise<InstallResult> {
  const target = engineFolder(engines, release.version, gpu);
  const kernels = kernelsVersion();
  const there = listEngines(engines).find((one) => one.folder === target && one.kernels === kernels);
  if (there !== undefined) return { ...there, alreadyThere: true, usesGpu: null };

  const work = `${target}.partial`;
  const downloads = join(work, 'downloads');
  onProgress({ step: 'check', message: 'checking compiler, disk space, npm and the Python package index' });
  const missing = await missingWheels(release.wheels, downloads);
  const tools = await checkMachine(release, engines, missing);
  mkdirSync(downloads, { recursive: true });
  const unlock = lockFolder(work, 'another installation');
  try {
    for (const wheel of missing) await fetchWheel(wheel, downloads, tools.pip, onProgress, signal);
    const layout = layoutOf(work);
    for (const wheel of release.wheels) {
      onProgress({ step: 'unpack', message: `unpacking ${wheel.file}` });
      await unzip(wheelPath(downloads, wheel), layout.site, isNeeded, signal);
    }
    for (const one of release.packages) {
      onProgress({ step: 'download', message: `${one.name} ${one.version} through npm` });
      await installNpmPackage(one, downloads, join(work, 'node_modules', one.name), signal);
    }
    writeTfjsDoors(work);
    onProgress({
      step: 'compile',
      message: `compiling the binding and the training kernels with ${tools.compiler}`,
    });
    await compileBinding(tools.compiler, work, signal);
    await compileAddons(tools.compiler, work, signal);
    onProgress({ step: 'verify', message: 'computing a convolution with it' });
    const { version, usesGpu } = await verify(work);
    const installed = new Date().toISOString();
    await writeWholeFile(
      manifestPath(work),
      `${JSON.stringify({ name: 'tensorflow', version, gpu, installed, kernels }, null, 2)}\n`,
    );
    rmSync(downloads, { recursive: true });
    unlock();
    // An older folder has other kernels, or is the rest of a removal that was cut off.
    rmSync(target, { recursive: true, force: true });
    renameSync(work, target);
    onProgress({ step: 'done', message: `TensorFlow ${version} is ready in ${target}` });
    return {
      ...{ name: 'tensorflow', version, gpu, folder: target, installed, kernels },
      ...{ alreadyThere: false, usesGpu },
    };
  } finally {
    unlock();
  }
}

/** The libraries and the headers of the C interface; the Python part of a wheel is left packed. */
function isNeeded(name: string): boolean {
  return (
    /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name) ||
    /^onednn_[^/]+\/data\/lib\/libdnnl\.so\.3$/.test(name) ||
    /^tensorflow\/include\/external\/onednn\/include\/oneapi\/dnnl\/.*\.h$/.test(name) ||
    /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/(platform|common_runtime\/next_pluggable_device\/c)|tsl\/platform|xla\/tsl\/c)\/.*\.h$/.test(
      name,
    ) ||
    /^nvidia\/[^/]+\/(lib|bin|nvvm)\//.test(name)
  );
}

/**
 * The TensorFlow.js that the binding's JavaScript asks for: not a second copy, whose kernels would not know the program's
 * tensors, but the program's own, handed over when the engine is loaded.
 */
function writeTfjsDoors(work: string): void {
  for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core']) {
    const folder = join(work, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify({ name, version: '4.22.0', main: 'index.js' })}\n`,
    );
    writeFileSync(join(folder, 'index.js'), `module.exports = globalThis[Symbol.for('earlyexit.tfjs')];\n`);
  }
}
