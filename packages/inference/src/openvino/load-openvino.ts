import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, EnvironmentError } from '@earlyexit/exit-criteria';
import type { OnnxRuntime, RuntimeSession, RuntimeTensor } from '../onnx/runtime';
import { bindLibrary, type NativeLibrary, type Pointer } from './native-library';

/** Where OpenVINO is. */
export interface OpenvinoOptions {
  /**
   * The library of OpenVINO's C interface, or the folder in which it lies: `libopenvino_c.so.…`,
   * `libopenvino_c.….dylib`, `openvino_c.dll`. `earlyexit engine install openvino` fetches one and says where it is; in
   * the Python package `openvino` it lies in `openvino/libs`.
   */
  readonly library: string;
}

/** The element types that our graphs have, by their numbers in OpenVINO's C interface since 2025. */
const elementTypes = {
  float32: { number: 4, array: Float32Array },
  int32: { number: 9, array: Int32Array },
  int64: { number: 10, array: BigInt64Array },
  uint8: { number: 16, array: Uint8Array },
} as const;

type TypeName = keyof typeof elementTypes;

class OpenvinoTensor implements RuntimeTensor {
  constructor(
    readonly type: TypeName,
    readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array,
    readonly dims: readonly number[],
  ) {}
}

/**
 * Intel's OpenVINO as the runtime of `loadSession` and `loadStagedSession`: the same files, the same answers to float32
 * rounding, computed by other kernels. On x64 its int8 convolutions are faster than onnxruntime's at batches of several
 * images; see the README for both. It computes on the processor (`cpu`), and on what else `executionProvider` names
 * of OpenVINO's devices, `gpu` for example.
 *
 * Node only; needs the package `koffi`, with which it calls the library.
 *
 * @throws EnvironmentError if koffi or the library cannot be loaded, or the library is too old; ArgumentError if there is
 * none at the place
 */
export async function loadOpenvino({ library: place }: OpenvinoOptions): Promise<OnnxRuntime> {
  const path = findLibrary(place);
  const koffi = await import('koffi').catch((cause: unknown) => {
    throw new EnvironmentError({
      where: 'loadOpenvino',
      rule: 'the package koffi calls OpenVINO, and could not be loaded',
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      remedy: 'Install it: npm install koffi',
      cause,
    });
  });
  try {
    const library = bindLibrary(koffi.default, path);
    checkElementTypes(library);
    const core = library.createCore();
    return {
      name: 'OpenVINO',
      env: {},
      Tensor: OpenvinoTensor,
      InferenceSession: { create: (bytes, options = {}) => createSession(library, core, bytes, options) },
    };
  } catch (cause) {
    throw new EnvironmentError({
      where: path,
      rule: 'OpenVINO 2026 or a later one can be loaded from there',
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      remedy: 'Get one: earlyexit engine install openvino',
      cause,
    });
  }
}

function findLibrary(place: string): string {
  const pattern = /^(libopenvino_c\.so|libopenvino_c\..*dylib$|openvino_c\.dll$)/;
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) {
    if (stat !== undefined) return place;
    throw new ArgumentError({
      where: 'loadOpenvino, library',
      rule: "it is the library of OpenVINO's C interface, or the folder in which it lies",
      received: `${place}, where nothing is`,
      remedy: 'Get OpenVINO: earlyexit engine install openvino',
    });
  }
  const found = readdirSync(place).find((name) => pattern.test(name));
  if (found !== undefined) return join(place, found);
  throw new ArgumentError({
    where: 'loadOpenvino, library',
    rule: "the folder holds the library of OpenVINO's C interface: libopenvino_c or openvino_c",
    received: place,
    remedy: 'In the Python package openvino it lies in openvino/libs',
  });
}

/** The numbers of the types have changed once: sizes tell whether they are those that are meant here. */
function checkElementTypes(library: NativeLibrary): void {
  for (const [name, { number, array }] of Object.entries(elementTypes)) {
    const tensor = library.createTensor(number, [1]);
    const bytes = library.viewTensor(tensor).byteLength;
    library.free('tensor', tensor);
    if (bytes !== array.BYTES_PER_ELEMENT)
      throw new Error(`its element type ${number} is not ${name}: another generation of OpenVINO`);
  }
}

async function createSession(
  library: NativeLibrary,
  core: Pointer,
  bytes: Uint8Array,
  options: Readonly<Record<string, unknown>>,
): Promise<RuntimeSession> {
  const { intraOpNumThreads: threads, executionProviders: [device = 'cpu'] = [] } = options as {
    readonly intraOpNumThreads?: number;
    readonly executionProviders?: readonly string[];
  };
  const model = await library.readModel(core, bytes);
  let compiled: Pointer;
  try {
    compiled = await library.compile(core, model, device.toUpperCase(), {
      PERFORMANCE_HINT: 'LATENCY',
      // Else it computes in bfloat16 where the processor can, and answers are others than in TensorFlow.js.
      INFERENCE_PRECISION_HINT: 'f32',
      ...(threads === undefined ? {} : { INFERENCE_NUM_THREADS: String(threads) }),
    });
  } finally {
    library.free('model', model);
  }
  // One request a run under way; they wait here for the next.
  const idle: Pointer[] = [];
  let running = 0;
  let released = false;
  const freeAll = (): void => {
    for (const request of idle.splice(0)) library.free('infer_request', request);
    if (running === 0) library.free('compiled_model', compiled);
  };
  return {
    async run(feeds, outputs) {
      running++;
      const request = idle.pop() ?? library.createRequest(compiled);
      try {
        for (const [name, tensor] of Object.entries(feeds))
          feed(library, request, name, tensor as OpenvinoTensor);
        await library.infer(request);
        return Object.fromEntries(outputs.map((name) => [name, read(library, request, name)]));
      } finally {
        running--;
        idle.push(request);
        if (released) freeAll();
      }
    },
    async release() {
      if (released) return;
      released = true;
      freeAll();
    },
  };
}

/** Copies a tensor to where the request reads it. */
function feed(library: NativeLibrary, request: Pointer, name: string, { type, data, dims }: OpenvinoTensor): void {
  const tensor = library.createTensor(elementTypes[type].number, dims);
  try {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(library.viewTensor(tensor)).set(bytes);
    library.setTensor(request, name, tensor);
  } finally {
    // The request holds on to it.
    library.free('tensor', tensor);
  }
}

/** Copies what the request has computed. */
function read(library: NativeLibrary, request: Pointer, name: string): OpenvinoTensor {
  const tensor = library.getTensor(request, name);
  try {
    const { type: number, dims } = library.describeTensor(tensor);
    const found = Object.entries(elementTypes).find(([, each]) => each.number === number);
    if (found === undefined) throw new Error(`${name} comes in OpenVINO's element type ${number}`);
    const [type, { array: Values }] = found as [TypeName, (typeof elementTypes)[TypeName]];
    return new OpenvinoTensor(type, new Values(library.viewTensor(tensor).slice(0)), dims);
  } finally {
    library.free('tensor', tensor);
  }
}
