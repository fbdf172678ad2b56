import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { tf } from '../tf';

/** The parts of the backend's Emscripten module that our kernels use; its typings leave them out. */
interface EmscriptenModule {
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** A view of the WASM backend as one heap that its kernels and ours both work on, without copies between them. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #module: EmscriptenModule;
  #scratchAddress = 0;
  #scratchBytes = 0;

  constructor(readonly backend: BackendWasm) {
    this.#module = backend.wasm as unknown as EmscriptenModule;
    this.memory = this.#module.asm.memory;
  }

  /** Where the values of a tensor lie. */
  address(tensor: tf.TensorInfo): number {
    // In signed 32-bit form, which WebAssembly expects, above 2 GiB too.
    return this.backend.getMemoryOffset(tensor.dataId) | 0;
  }

  /** A new tensor with undefined values. */
  allocate(shape: readonly number[], dtype: tf.DataType = 'float32'): tf.TensorInfo {
    return this.backend.makeOutput([...shape], dtype);
  }

  /** The same values under another shape. */
  alias(tensor: tf.TensorInfo, shape: readonly number[] = tensor.shape): tf.TensorInfo {
    this.backend.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
  }

  /** A view of a tensor's values; must be used before anything else is allocated. */
  values(tensor: tf.TensorInfo): Float32Array {
    return this.backend.typedArrayFromHeap(tensor) as Float32Array;
  }

  /** Sets all values of a tensor to zero and returns it. */
  cleared(tensor: tf.TensorInfo): tf.TensorInfo {
    this.values(tensor).fill(0);
    return tensor;
  }

  /** Working memory for one kernel call: the next call gets the same. */
  scratch(bytes: number): number {
    if (bytes > this.#scratchBytes) {
      if (this.#scratchAddress !== 0) this.#module._free(this.#scratchAddress);
      this.#scratchAddress = this.#module._malloc(bytes);
      if (this.#scratchAddress === 0)
        throw new RangeError(`no room for ${bytes} bytes in the WASM engine's memory`);
      this.#scratchBytes = bytes;
    }
    return this.#scratchAddress;
  }
}

const heaps = new WeakMap<object, Heap>();

/** The heap of the backend that a kernel was called on. */
export function heapOf(backend: unknown): Heap {
  const key = backend as BackendWasm;
  let heap = heaps.get(key);
  if (heap === undefined) {
    heap = new Heap(key);
    heaps.set(key, heap);
  }
  return heap;
}
