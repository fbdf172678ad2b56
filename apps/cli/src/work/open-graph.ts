import { pathToFileURL } from 'node:url';
import { findRuntime } from '@earlyexit/native-engines';
import type { OpenFile } from '@earlyexit/onnx';

/** What is used of onnxruntime-node. */
interface Runtime {
  readonly InferenceSession: {
    create(file: Uint8Array, options: object): Promise<RuntimeSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
}

interface RuntimeSession {
  run(feeds: Record<string, unknown>): Promise<Record<string, { readonly data: unknown }>>;
  release(): Promise<void>;
}

/**
 * Opens graphs of one network on onnxruntime-node.
 *
 * @param shape channels, height, width
 * @throws EnvironmentError if it is not installed
 */
export async function graphOpener(shape: readonly number[], threads: number | undefined): Promise<OpenFile> {
  const { path } = findRuntime('onnxruntime');
  const imported = (await import(pathToFileURL(path).href)) as Runtime & { default?: Runtime };
  const runtime = imported.default ?? imported;
  return async (file) => {
    const session = await runtime.InferenceSession.create(file, {
      logSeverityLevel: 3,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    });
    return {
      async run(images, count) {
        const feeds = { pixel_values: new runtime.Tensor('float32', images, [count, ...shape]) };
        const results = Object.entries(await session.run(feeds));
        return Object.fromEntries(results.map(([name, { data }]) => [name, data as Float32Array]));
      },
      release: () => session.release(),
    };
  };
}
