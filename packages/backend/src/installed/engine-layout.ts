import { join } from 'node:path';

/** The paths in the folder of an installed TensorFlow. */
export interface EngineLayout {
  /** The unpacked wheels. */
  readonly site: string;
  readonly tfjsNode: string;
  readonly nodeApiHeaders: string;
  /** The compiled binding. */
  readonly binding: string;
  /** The compiled addon with this package's own operations. */
  readonly addon: string;
  /** The compiled addon that keeps TensorFlow quiet while it loads. */
  readonly quietLoading: string;
}

/** The layout of an engine's folder, whether anything is there or not. */
export function layoutOf(folder: string): EngineLayout {
  const modules = join(folder, 'node_modules');
  const tfjsNode = join(modules, '@tensorflow', 'tfjs-node');
  return {
    site: join(folder, 'site'),
    tfjsNode,
    nodeApiHeaders: join(modules, 'node-api-headers'),
    binding: join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node'),
    addon: join(folder, 'addon', 'training-kernels.node'),
    quietLoading: join(folder, 'addon', 'quiet-loading.node'),
  };
}

/** The manifest of an engine's folder. It is written last, so a folder that has one holds a complete engine. */
export function manifestPath(folder: string): string {
  return join(folder, 'engine.json');
}
