import type { InstalledEngine, InstalledOpenvino } from '@earlyexit/native-engines';

/** An engine that `earlyexit engine` installed. */
export type Installed = InstalledEngine | InstalledOpenvino;

/** One that it was asked to install. */
export type NewlyInstalled = Installed & {
  readonly alreadyThere: boolean;
  /** Of TensorFlow alone: whether it computes on a GPU; null where it was there already. */
  readonly usesGpu?: boolean | null;
};

/** Said where a build for GPUs has none to compute on. */
export const NO_GPU =
  'No NVIDIA GPU was found here (nvidia-smi shows those that the driver knows): this engine computes on the processor, and ' +
  'slower than the one that earlyexit engine install tensorflow makes for it';

/** What has been installed, and what it is good for. */
export function describeInstallation(engine: NewlyInstalled): string {
  if (engine.alreadyThere) return `${titleOf(engine)} is installed already: ${engine.folder}`;
  const use =
    engine.name === 'openvino'
      ? 'predict, evaluate and bench run exported networks on it with --engine openvino'
      : '--engine auto takes it from now on, except to train networks as small as LeNet';
  return `${titleOf(engine)} is installed in ${engine.folder}; ${use}`;
}

/** What is installed, or what has been removed. */
export function describeInstalled(engines: readonly Installed[], action: 'list' | 'remove'): string[] {
  if (engines.length === 0) {
    return [
      'No native engine is installed by earlyexit; to get one: earlyexit engine install tensorflow, which trains, or openvino, which runs exported networks',
    ];
  }
  const removed = action === 'remove' ? 'removed ' : '';
  return engines.map((engine) => `${removed}${titleOf(engine)}: ${engine.folder}`);
}

function titleOf(engine: Installed): string {
  if (engine.name === 'openvino') return `OpenVINO ${engine.version}`;
  return `TensorFlow ${engine.version}${engine.gpu ? ' for GPUs' : ''}`;
}
