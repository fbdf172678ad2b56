import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '@earlyexit/core';
import { lockFolder, writeWholeFile } from '@earlyexit/core/node';
import { checkIndex, checkRoom } from './check-machine';
import { enginesFolder, manifestPath } from './engine-folder';
import { fetchWheel, missingWheels } from './fetch-wheel';
import type { InstallOptions } from './install-tensorflow-engine';
import { findOpenvino, type InstalledOpenvino, openvinoFolder } from './openvino-folder';
import { wheelPath } from './pip';
import { openvinoWheel, type PinnedWheel } from './release';
import { unzip } from './unzip';

/** The download, and 0.1 GB of libraries. */
const neededBytes = 200_000_000;

/**
 * Installs Intel's OpenVINO, the other runtime for exported networks: the libraries for the processor, from the pinned
 * PyPI wheel (through pip where there is one, else straight from the package index). Nothing is compiled. They go into the
 * user's cache folder; calling it again does nothing, and after an interruption it goes on with what has been downloaded.
 *
 * @throws EnvironmentError before anything is downloaded, when the platform, disk space or the network are not up to it,
 * with the way out; later, when the download fails
 */
export async function installOpenvino({
  folder: engines = enginesFolder(),
  onProgress = () => undefined,
  signal,
  wheel = openvinoWheel(process.platform, process.arch),
}: Omit<InstallOptions, 'gpu'> & {
  /** The wheel. Default: the one for this machine. */
  readonly wheel?: PinnedWheel | null;
} = {}): Promise<InstalledOpenvino & { readonly alreadyThere: boolean }> {
  if (wheel === null) {
    throw new EnvironmentError({
      where: 'engine install',
      rule: 'OpenVINO can be installed on Linux (x64)',
      received: `${process.platform} ${process.arch}`,
      remedy: 'Use onnxruntime, or name the libraries of an OpenVINO of your own in loadOpenvino',
    });
  }
  const { version } = wheel;
  const target = openvinoFolder(engines, version);
  const there = findOpenvino(engines);
  if (there?.folder === target) return { ...there, alreadyThere: true };

  const work = `${target}.partial`;
  const downloads = join(work, 'downloads');
  onProgress({ step: 'check', message: 'checking disk space and the Python package index' });
  await checkRoom(neededBytes, engines);
  const missing = await missingWheels([wheel], downloads);
  const pip = await checkIndex(missing);
  mkdirSync(downloads, { recursive: true });
  const unlock = lockFolder(work, 'another installation');
  try {
    for (const each of missing) await fetchWheel(each, downloads, pip, onProgress, signal);
    onProgress({ step: 'unpack', message: `unpacking ${wheel.file}` });
    await unzip(wheelPath(downloads, wheel), work, isNeeded, signal);
    await writeWholeFile(
      manifestPath(work),
      `${JSON.stringify({ name: 'openvino', version, installed: new Date().toISOString() }, null, 2)}\n`,
    );
    rmSync(downloads, { recursive: true });
    unlock();
    rmSync(target, { recursive: true, force: true });
    renameSync(work, target);
    onProgress({ step: 'done', message: `OpenVINO ${version} is ready in ${target}` });
    return { ...findOpenvino(engines)!, alreadyThere: false };
  } finally {
    unlock();
  }
}

/** What reads ONNX files and computes on the processor, and the licences. */
function isNeeded(name: string): boolean {
  return (
    /^openvino\/libs\/lib(openvino(_c|_onnx_frontend|_intel_cpu_plugin)?|tbb[a-z0-9_]*|hwloc)\.so/.test(
      name,
    ) || /^openvino-[^/]+\.dist-info\/licenses\//.test(name)
  );
}
