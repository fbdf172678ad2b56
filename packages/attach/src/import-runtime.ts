import { EnvironmentError } from '@earlyexit/core';

/** What is used of onnxruntime-node. */
export interface Runtime {
  readonly InferenceSession: {
    /** @param file its bytes, or its path */
    create(file: Uint8Array | string, options: object): Promise<RuntimeSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'float16',
    data: Float32Array | Uint16Array,
    dims: readonly number[],
  ) => unknown;
}

/** A file that is ready to be run. */
export interface RuntimeSession {
  readonly outputNames: readonly string[];
  /** @param outputs which ones; all unless given */
  run(
    feeds: Readonly<Record<string, unknown>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/** What a file answers. */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** @throws EnvironmentError if onnxruntime-node is not installed */
export async function importRuntime(): Promise<Runtime> {
  try {
    const module = (await import('onnxruntime-node')) as unknown as Runtime & { readonly default?: Runtime };
    return module.default ?? module;
  } catch (cause) {
    throw new EnvironmentError({
      where: 'onnxruntime-node',
      rule: 'it is installed',
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      remedy: 'Install it: npm install onnxruntime-node',
      cause,
    });
  }
}
