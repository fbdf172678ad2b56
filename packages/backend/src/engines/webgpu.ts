import type { Availability, EngineDriver } from '../engine';
import { findPackage } from './find-package';

const install = 'Install it with: npm install webgpu @tensorflow/tfjs-backend-webgpu';

/**
 * WebGPU in Node, through the npm packages `webgpu` (Dawn) and `@tensorflow/tfjs-backend-webgpu`, if both are
 * installed.
 */
export const webgpuEngine: EngineDriver = {
  name: 'webgpu',
  async probe(): Promise<Availability> {
    const [backend] = findPackage('@tensorflow/tfjs-backend-webgpu');
    if (backend === undefined) {
      return {
        available: false,
        reason: '@tensorflow/tfjs-backend-webgpu is not installed',
        remedy: `${install} (needs a GPU with a Vulkan, Metal or D3D12 driver)`,
      };
    }
    if (!provideNavigatorGpu()) {
      return { available: false, reason: 'the npm package webgpu is not installed', remedy: install };
    }
    if (!(await hasAdapter())) {
      return {
        available: false,
        reason: 'no GPU was found',
        remedy: 'Install a Vulkan, Metal or D3D12 driver for the GPU, or take the engine wasm',
      };
    }
    return { available: true, version: backend.version, reason: 'a GPU through WebGPU' };
  },
  load() {
    const [backend] = findPackage('@tensorflow/tfjs-backend-webgpu');
    backend?.require(backend.name);
    return Promise.resolve();
  },
  remarks: () => [],
};

interface Gpu {
  requestAdapter(): Promise<object | null>;
}
const scope = globalThis as { navigator?: { readonly gpu?: Gpu } };

/** Gives Node the browser's `navigator.gpu`; false if there is no package to take it from. */
function provideNavigatorGpu(): boolean {
  if (scope.navigator?.gpu !== undefined) return true;
  const [dawn] = findPackage('webgpu');
  if (dawn === undefined) return false;
  try {
    const { create, globals } = dawn.require(dawn.name) as { create(flags: string[]): Gpu; globals: object };
    Object.assign(globalThis, globals);
    // Node 20 has no navigator at all.
    if (scope.navigator === undefined) {
      Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
    }
    Object.defineProperty(scope.navigator, 'gpu', { value: create([]), configurable: true });
    return true;
  } catch {
    return false;
  }
}

async function hasAdapter(): Promise<boolean> {
  try {
    return (await scope.navigator?.gpu?.requestAdapter()) != null;
  } catch {
    return false;
  }
}
