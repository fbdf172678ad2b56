import { enginesFolder } from '@earlyexit/backend/installed';
import { EnvironmentError } from '@earlyexit/core';
import { installEngine } from '../install/install-engine';
import type { InstallOptions } from '../install-options';
import type { PinnedWheel } from '../sources/pinned';
import { findOpenvino, type InstalledOpenvino, openvinoFolder } from './openvino-folder';
import { openvinoWheel } from './release';

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
  wheel = openvinoWheel(process.platform, process.arch),
  ...work
}: InstallOptions & {
  /** The wheel. Default: the one for this machine. */
  readonly wheel?: PinnedWheel | null;
} = {}): Promise<InstalledOpenvino & { readonly alreadyThere: boolean }> {
  if (wheel === null) {
    throw new EnvironmentError({
      where: 'installOpenvino',
      rule: 'OpenVINO can be installed on Linux (x64)',
      received: `${process.platform} ${process.arch}`,
      remedy: 'Use onnxruntime, or name the libraries of an OpenVINO of your own in loadOpenvino',
    });
  }
  const { version } = wheel;
  const target = openvinoFolder(engines, version);
  const there = findOpenvino(engines);
  if (there?.folder === target) return { ...there, alreadyThere: true };
  await installEngine(
    {
      ...{ engines, target, wheels: [wheel], isNeeded, site: '.', neededBytes },
      checked: 'disk space and the Python package index',
      finish: () => Promise.resolve({ name: 'openvino', version, installed: new Date().toISOString() }),
    },
    work,
  );
  return { ...findOpenvino(engines)!, alreadyThere: false };
}

/** What reads ONNX files and computes on the processor, and the licences. */
function isNeeded(name: string): boolean {
  return (
    /^openvino\/libs\/lib(openvino(_c|_onnx_frontend|_intel_cpu_plugin)?|tbb[a-z0-9_]*|hwloc)\.so/.test(
      name,
    ) || /^openvino-[^/]+\.dist-info\/licenses\//.test(name)
  );
}
