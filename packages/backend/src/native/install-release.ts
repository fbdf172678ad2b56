import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '@earlyexit/exit-criteria';
import { checkMachine, type Tools } from './check-machine';
import { hasSha256 } from './checksum';
import { compileAddons, compileBinding, layoutOf } from './compile-binding';
import { engineFolder, type InstalledEngine, listEngines, manifestPath } from './engine-folder';
import { kernelsVersion } from './kernel-sources';
import { installNpmPackage } from './npm-package';
import { pipDownload, wheelPath } from './pip';
import { downloadWheel, findWheel, pythonIndex } from './python-index';
import type { NativeRelease, PinnedWheel } from './release';
import { unzip } from './unzip';
import type { BindingReport } from './verify-binding';

/** What an installation is doing. */
export interface InstallProgress {
  readonly step: 'check' | 'download' | 'unpack' | 'compile' | 'verify' | 'done';
  readonly message: string;
  /** Of the file being downloaded. */
  readonly bytes?: number;
  readonly totalBytes?: number;
}

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
  const missing = await missingWheels(release, downloads);
  const tools = await checkMachine(release, engines, missing);
  mkdirSync(downloads, { recursive: true });
  const unlock = lock(work);
  try {
    for (const wheel of missing) await fetchWheel(wheel, downloads, tools, onProgress, signal);
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
    writeFileSync(
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

async function missingWheels({ wheels }: NativeRelease, downloads: string): Promise<PinnedWheel[]> {
  const missing: PinnedWheel[] = [];
  for (const wheel of wheels) {
    if (!(await hasSha256(wheelPath(downloads, wheel), wheel.sha256))) missing.push(wheel);
  }
  return missing;
}

async function fetchWheel(
  wheel: PinnedWheel,
  downloads: string,
  { pip }: Tools,
  onProgress: (progress: InstallProgress) => void,
  signal?: AbortSignal,
): Promise<void> {
  const path = wheelPath(downloads, wheel);
  const megabytes = Math.round(wheel.bytes / 1e6);
  if (pip !== null) {
    onProgress({
      step: 'download',
      message: `${wheel.file} (${megabytes} MB) through pip`,
      totalBytes: wheel.bytes,
    });
    const { code } = await pipDownload(pip, wheel, downloads, signal);
    if (code === 0 && (await hasSha256(path, wheel.sha256))) return;
    // pip may have been cut off, or be set to a mirror with other files: the index decides.
  }
  const url = await findWheel(pythonIndex(), wheel, signal);
  const report = (bytes: number): void =>
    onProgress({
      step: 'download',
      message: `${wheel.file} (${megabytes} MB)`,
      bytes,
      totalBytes: wheel.bytes,
    });
  await downloadWheel(url, wheel, path, report, signal);
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

/** Keeps a second installation out of the same folder while this process lives. */
function lock(work: string): () => void {
  const path = join(work, 'lock');
  const take = (): boolean => {
    try {
      const file = openSync(path, 'wx');
      writeFileSync(file, String(process.pid));
      closeSync(file);
      return true;
    } catch {
      return false;
    }
  };
  if (!take()) {
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner !== process.pid && isAlive(owner)) {
      throw new EnvironmentError({
        where: work,
        rule: `another installation is at work here (process ${owner})`,
        remedy: 'Wait for it to end',
      });
    }
    rmSync(path);
    take();
  }
  return () => rmSync(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
