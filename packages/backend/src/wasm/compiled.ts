import type { ModuleWriter } from './assembler/module';
import type { Heap } from './heap';

/** A kernel written for one set of sizes, compiled, with the working memory that it needs. */
export interface CompiledKernel {
  /** Takes addresses; the last one is the address of `scratchBytes` of working memory, if there are any. */
  readonly run: (...addresses: number[]) => void;
  readonly scratchBytes: number;
}

// A network has a few dozen shapes; a program that keeps changing its batch size should still not grow without end.
const mostKernels = 1024;

const kernels = new WeakMap<Heap, Map<string, CompiledKernel>>();

/** The compiled kernel for a key, written on first use. Kernels are written for exact sizes, so the key names them all. */
export function compiled(
  heap: Heap,
  key: string,
  write: () => { module: ModuleWriter; scratchBytes?: number },
): CompiledKernel {
  let known = kernels.get(heap);
  if (known === undefined) {
    known = new Map();
    kernels.set(heap, known);
  }
  let kernel = known.get(key);
  if (kernel === undefined) {
    const { module, scratchBytes = 0 } = write();
    const { run } = module.instantiate(heap.memory);
    if (run === undefined) throw new TypeError(`the kernel ${key} exports no function run`);
    kernel = { run, scratchBytes };
    if (known.size >= mostKernels) known.clear();
    known.set(key, kernel);
  }
  return kernel;
}
