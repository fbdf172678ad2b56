import { DataError } from '@earlyexit/core';
import { findRuntime, type OnnxRuntime, readTensor, runRuntime, type RuntimeSession } from './runtime';

/** Any graph of `@earlyexit/onnx`, opened on a runtime. */
export interface RunnableGraph {
  /** Runs images, `[count, channels, height, width]` of float32, and returns every output by its name. */
  run(images: Float32Array, count: number): Promise<Readonly<Record<string, Float32Array>>>;
  release(): Promise<void>;
}

/**
 * Opens graphs for `measureRanges` and `quantizeModel` of `@earlyexit/onnx`, and for other uses that need outputs by
 * name. To get answers from a network use `loadSession`.
 *
 * @param options.runtime `onnxruntime-node` or `onnxruntime-web`; the one that is installed unless given
 * @param options.threads inside an operator; the runtime's own choice unless given
 */
export function graphOpener(
  options: { readonly runtime?: OnnxRuntime | undefined; readonly threads?: number | undefined } = {},
): (file: Uint8Array, inputShape: readonly number[]) => Promise<RunnableGraph> {
  const { threads } = options;
  return async (file, inputShape) => {
    const runtime = options.runtime ?? (await findRuntime());
    const session = await open(runtime, file, threads);
    const outputs = session.outputNames ?? [];
    return {
      async run(images, count) {
        const pixels = new runtime.Tensor('float32', images, [count, ...inputShape]);
        const about = { network: 'graph', runtime, outputs };
        const results = await runRuntime(session, { pixel_values: pixels }, about);
        const read = Object.entries(results).map(
          async ([name, tensor]) => [name, (await readTensor(tensor)) as Float32Array] as const,
        );
        return Object.fromEntries(await Promise.all(read));
      },
      release: () => session.release(),
    };
  };
}

async function open(
  runtime: OnnxRuntime,
  file: Uint8Array,
  threads: number | undefined,
): Promise<RuntimeSession> {
  try {
    return await runtime.InferenceSession.create(file, {
      // Only errors: outputs inside a graph have no stated shape, which needs no warning.
      logSeverityLevel: 3,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    });
  } catch (cause) {
    throw new DataError({
      where: 'graphOpener',
      rule: `${runtime.name ?? 'onnxruntime'} can load the graph`,
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      cause,
    });
  }
}
