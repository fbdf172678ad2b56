import type { EngineDriver } from '../engine';
import { tf } from '../tf';

/** The plain JavaScript engine: slow, exact, and available on every machine. */
export const cpuEngine: EngineDriver = {
  name: 'cpu',
  async probe() {
    const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
    return { available: true, version, reason: 'plain JavaScript; runs everywhere' };
  },
  async load() {
    await import('@tensorflow/tfjs-backend-cpu');
    const backend: unknown = tf.engine().findBackend('cpu');
    // The backend prints a greeting on first use, which does not belong in a command's output.
    if (typeof backend === 'object' && backend !== null && 'firstUse' in backend) {
      backend.firstUse = false;
    }
  },
  remarks: () => [],
};
