import { join } from 'node:path';
import {
  engineFolder,
  type InstalledEngine,
  kernelsVersion,
  listEngines,
} from '@earlyexit/backend/installed';
import type { WorkOptions } from '@earlyexit/core';
import { installEngine } from '../install/install-engine';
import { checkNpm, installNpmPackage } from '../sources/npm-package';
import { compileAddons, compileBinding, findCompiler } from './compile-binding';
import type { NativeRelease } from './release';
import { writeTfjsDoors } from './tfjs-doors';
import type { BindingReport } from './verify-binding';

/** An engine that is installed, and whether this call did it. */
export interface InstallResult extends InstalledEngine {
  readonly alreadyThere: boolean;
  /** Whether TensorFlow found a GPU in the check; null if the engine was already installed. */
  readonly usesGpu: boolean | null;
}

interface ReleaseOptions extends WorkOptions {
  readonly gpu: boolean;
  /** The folder of all engines. */
  readonly engines: string;
  /** Has the finished engine compute something. */
  readonly verify: (folder: string) => Promise<BindingReport>;
}

/** Installs one release of TensorFlow, unless it is already installed with the training kernels of this version. */
export async function installRelease(
  release: NativeRelease,
  { gpu, engines, verify, ...options }: ReleaseOptions,
): Promise<InstallResult> {
  const { signal, onNote } = options;
  const note = (text: string): void => onNote?.({ level: 'note', text });
  const target = engineFolder(engines, release.version, gpu);
  const kernels = kernelsVersion();
  const there = listEngines(engines).find((one) => one.folder === target && one.kernels === kernels);
  if (there !== undefined) return { ...there, alreadyThere: true, usesGpu: null };

  let compiler = '';
  let usesGpu = false;
  const manifest = await installEngine(
    {
      ...{ engines, target, wheels: release.wheels, neededBytes: release.neededBytes },
      ...{ site: 'site', isNeeded },
      checked: 'compiler, disk space, npm and the Python package index',
      async check() {
        compiler = await findCompiler();
        await checkNpm(release.packages[0]!);
      },
      async finish(work, downloads) {
        for (const one of release.packages) {
          note(`${one.name} ${one.version} through npm`);
          await installNpmPackage(one, downloads, join(work, 'node_modules', one.name), signal);
        }
        writeTfjsDoors(work);
        note(`compiling the binding and the training kernels with ${compiler}`);
        await compileBinding(compiler, work, signal);
        await compileAddons(compiler, work, signal);
        note('computing a convolution with it');
        const report = await verify(work);
        usesGpu = report.usesGpu;
        const installed = new Date().toISOString();
        return { name: 'tensorflow' as const, version: report.version, gpu, installed, kernels };
      },
    },
    options,
  );
  return { ...manifest, folder: target, alreadyThere: false, usesGpu };
}

/** The libraries and the headers of the C interface; the Python part of a wheel is not unpacked. */
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
