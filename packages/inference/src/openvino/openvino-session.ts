import type { RuntimeSession, RuntimeTensor } from '../onnx/runtime';
import type { NativeLibrary, Pointer } from './native-library';
import { feed, type HostTensor, read } from './openvino-tensor';

/** A network compiled for batches of any size, or of one. */
interface Compiled {
  /** One request a run under way; they wait here for the next. */
  readonly idle: Pointer[];
  acquire(): Pointer;
  free(): void;
}

/** How many sizes of batches are known by themselves at a time: the usual one, and a last short one. */
const MOST_SIZES = 2;

/**
 * Makes a session of OpenVINO.
 *
 * The network is compiled for batches of any size first. For a size that comes a second time it is compiled once more, which
 * takes some tenths of a second: what is known of the shapes lets OpenVINO leave out copies.
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
        // Else the threads of two sessions share the first processors, and leave the others idle.
        ENABLE_CPU_PINNING: 'NO',
        // Else it computes in bfloat16 where the processor can, and answers are others than in TensorFlow.js.
        INFERENCE_PRECISION_HINT: 'f32',
        ...(threads === undefined ? {} : { INFERENCE_NUM_THREADS: String(threads) }),
      });
      return holdRequests(library, compiled);
    } finally {
      library.free('model', model);
    }
  };
  const anySize = await compile({});
  /** By the shapes of the inputs, the one used longest ago first; null for shapes seen once. */
  const sizes = new Map<string, Promise<Compiled> | null>();
  let running = 0;
  let isReleased = false;

  async function compiledFor(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Compiled> {
    const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
    const key = JSON.stringify(shapes);
    const known = sizes.get(key);
    sizes.delete(key);
    const own = known === undefined ? null : (known ?? compile(shapes));
    sizes.set(key, own);
    // What is in use is left alone: runs that overlap with many sizes are rare, and end.
    for (const [old, compiled] of running > 1 ? [] : sizes) {
      if (sizes.size <= MOST_SIZES) break;
      sizes.delete(old);
      await compiled?.then((each) => each.free());
    }
    return own ?? anySize;
  }

  async function freeAll(): Promise<void> {
    anySize.free();
    for (const compiled of sizes.values()) await compiled?.then((each) => each.free());
    sizes.clear();
  }

  return {
    async run(feeds, outputs) {
      running++;
      try {
        const compiled = await compiledFor(feeds);
        const request = compiled.acquire();
        try {
          for (const [name, tensor] of Object.entries(feeds))
            feed(library, request, name, tensor as HostTensor);
          library.infer(request);
          return Object.fromEntries(outputs.map((name) => [name, read(library, request, name)]));
        } finally {
          compiled.idle.push(request);
        }
      } finally {
        running--;
        if (isReleased && running === 0) await freeAll();
      }
    },
    async release() {
      if (isReleased) return;
      isReleased = true;
      if (running === 0) await freeAll();
    },
  };
}

function holdRequests(library: NativeLibrary, compiled: Pointer): Compiled {
  const idle: Pointer[] = [];
  return {
    idle,
    acquire: () => idle.pop() ?? library.createRequest(compiled),
    free() {
      for (const request of idle.splice(0)) library.free('infer_request', request);
      library.free('compiled_model', compiled);
    },
  };
}
