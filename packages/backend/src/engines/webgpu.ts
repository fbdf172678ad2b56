import { createRequire } from 'node:module';
import type { Availability, EngineDriver } from '../engine';

const remedy =
  'Install it with: npm install webgpu @tensorflow/tfjs-backend-webgpu (needs a GPU with a Vulkan, Metal or D3D12 driver)';

function versionOf(name: string): string | null {
  const require = createRequire(import.meta.url);
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return null;
  }
}

/** WebGPU in Node, through the npm packages `webgpu` (Dawn) and `@tensorflow/tfjs-backend-webgpu`, where both are installed. */
export const webgpuEngine: EngineDriver = {
  name: 'webgpu',
  async probe(): Promise<Availability> {
    const version = versionOf('@tensorflow/tfjs-backend-webgpu');
    if (version === null) {
      return { available: false, reason: '@tensorflow/tfjs-backend-webgpu is not installed', remedy };
    }
    return (await provideNavigatorGpu())
      ? { available: true, version, reason: 'a GPU through WebGPU' }
      : { available: false, reason: 'no WebGPU adapter was found', remedy };
  },
  async load() {
    await provideNavigatorGpu();
    createRequire(import.meta.url)('@tensorflow/tfjs-backend-webgpu');
  },
  remarks: () => [],
};

/** Gives Node the browser's `navigator.gpu`; whether there is a GPU behind it. */
async function provideNavigatorGpu(): Promise<boolean> {
  const scope = globalThis as { navigator?: { gpu?: unknown } };
  try {
    if (scope.navigator?.gpu === undefined) {
      const webgpu = createRequire(import.meta.url)('webgpu') as {
        create(flags: string[]): unknown;
        globals: object;
      };
      Object.assign(globalThis, webgpu.globals);
      if (scope.navigator === undefined) {
        Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
      }
      Object.defineProperty(scope.navigator, 'gpu', { value: webgpu.create([]), configurable: true });
    }
    const gpu = scope.navigator?.gpu as { requestAdapter(): Promise<unknown> };
    return (await gpu.requestAdapter()) !== null;
  } catch {
    return false;
  }
}
