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
 * PyPI wheel (through pip if available, otherwise directly from the package index). Nothing is compiled. They go into
 * the user's cache folder; calling it again does nothing, and after an interruption it continues with what has been
 * downloaded.
 *
 * @throws EnvironmentError with the way out: before anything is downloaded if the platform, the disk space or the
 * network is insufficient; later if the download fails
 */
export async function installOpenvino({
  folder: engines = enginesFolder(),
  wheel = openvinoWheel(process.platform, process.arch),
  ...work
}: InstallOptions & {
  /** The wheel; the one for this machine unless given. */
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

/** The parts that read ONNX files and compute on the processor, and the licences. */
function isNeeded(name: string): boolean {
  return (
    /^openvino\/libs\/lib(openvino(_c|_onnx_frontend|_intel_cpu_plugin)?|tbb[a-z0-9_]*|hwloc)\.so/.test(
      name,
    ) || /^openvino-[^/]+\.dist-info\/licenses\//.test(name)
  );
}
