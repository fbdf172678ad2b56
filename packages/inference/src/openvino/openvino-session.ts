import { setImmediate } from 'node:timers/promises';
import type { RuntimeSession, RuntimeTensor } from '../onnx/runtime';
import type { NativeLibrary, Pointer } from './native-library';
import { feed, type HostTensor, read } from './openvino-tensor';

/** A network compiled for batches of any size, or of one particular size. */
interface Compiled {
  readonly request: Pointer;
  free(): void;
}

/** A batch size that has occurred. */
interface Size {
  /** The network for this size only; null until it is compiled, and for sizes seen only once. */
  compiled: Compiled | null;
  /** Whether it is being compiled for, or was. */
  isWanted: boolean;
}

/** How many batch sizes have their own network at a time: the usual one, and a last short one. */
const MOST_SIZES = 2;

/**
 * Creates a session of OpenVINO.
 *
 * The network is compiled for batches of any size first. For a size that occurs a second time it is compiled again in
 * the background, which takes some tenths of a second: knowing the shapes lets OpenVINO avoid copies.
 *
 * @throws OpenVINO's error if it cannot compile the network
 */
export async function createOpenvinoSession(
  library: NativeLibrary,
  core: Pointer,
  bytes: Uint8Array,
  options: Readonly<Record<string, unknown>>,
): Promise<RuntimeSession> {
  const { intraOpNumThreads: threads, executionProviders: [device = 'cpu'] = [] } = options as {
    readonly intraOpNumThreads?: number;
    readonly executionProviders?: readonly string[];
  };
  const compile = async (shapes: Readonly<Record<string, readonly number[]>>): Promise<Compiled> => {
    const model = await library.readModel(core, bytes);
    try {
      library.reshape(model, shapes);
      const compiled = await library.compile(core, model, device.toUpperCase(), {
        PERFORMANCE_HINT: 'LATENCY',
        NUM_STREAMS: '1',
        // Otherwise the threads of two sessions share the first processors and leave the others idle.
        ENABLE_CPU_PINNING: 'NO',
        // Otherwise it computes in bfloat16 if the processor can, and its answers differ from those of TensorFlow.js.
        INFERENCE_PRECISION_HINT: 'f32',
        ...(threads === undefined ? {} : { INFERENCE_NUM_THREADS: String(threads) }),
      });
      return withRequest(library, compiled);
    } finally {
      library.free('model', model);
    }
  };
  const anySize = await compile({});
  /** By the shapes of the inputs, the least recently used first. */
  const sizes = new Map<string, Size>();
  let isReleased = false;

  function compiledFor(feeds: Readonly<Record<string, RuntimeTensor>>): Compiled {
    const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
    const key = JSON.stringify(shapes);
    const known = sizes.get(key);
    const size = known ?? { compiled: null, isWanted: false };
    sizes.delete(key);
    sizes.set(key, size);
    if (known !== undefined && !size.isWanted) {
      size.isWanted = true;
      // A failure here does no harm: the network for any size computes the same.
      void compile(shapes).then(
        (compiled) => {
          // Meanwhile it may have been evicted, or the session may have ended.
          if (sizes.get(key) === size) size.compiled = compiled;
          else compiled.free();
        },
        () => undefined,
      );
    }
    for (const [old, each] of sizes) {
      if (sizes.size <= MOST_SIZES) break;
      sizes.delete(old);
      each.compiled?.free();
    }
    return size.compiled ?? anySize;
  }

  function freeAll(): void {
    anySize.free();
    for (const { compiled } of sizes.values()) compiled?.free();
    sizes.clear();
  }

  return {
    async run(feeds, outputs) {
      // Lets timers and background compilation have their turn. The rest is synchronous, so no two runs overlap.
      await setImmediate();
      if (isReleased) throw new Error('the session was released');
      const compiled = compiledFor(feeds);
      for (const [name, tensor] of Object.entries(feeds))
        feed(library, compiled.request, name, tensor as HostTensor);
      library.infer(compiled.request);
      return Object.fromEntries(outputs.map((name) => [name, read(library, compiled.request, name)]));
    },
    release() {
      if (!isReleased) freeAll();
      isReleased = true;
      return Promise.resolve();
    },
  };
}

/** Adds the one request that runs it. */
function withRequest(library: NativeLibrary, compiled: Pointer): Compiled {
  const request = library.createRequest(compiled);
  return {
    request,
    free() {
      library.free('infer_request', request);
      library.free('compiled_model', compiled);
    },
  };
}
