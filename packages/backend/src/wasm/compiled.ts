import type { ModuleWriter } from './assembler/module';
import type { Heap } from './heap';
import { Memo } from './memo';

/** A kernel written for one set of sizes, compiled, with the working memory that it needs. */
export interface CompiledKernel {
  /** Takes addresses; the last one is the address of `scratchBytes` of working memory, if there are any. */
  readonly run: (...addresses: number[]) => void;
  readonly scratchBytes: number;
}

const kernels = new WeakMap<Heap, Memo<CompiledKernel>>();

/**
 * The compiled kernel for a key, generated on first use. Kernels are generated for exact sizes, so the key has to name
 * all of them.
 */
export function compiled(
  heap: Heap,
  key: string,
  write: () => { module: ModuleWriter; scratchBytes?: number },
): CompiledKernel {
  let known = kernels.get(heap);
  if (known === undefined) {
    known = new Memo();
    kernels.set(heap, known);
  }
  return known.get(key, () => {
    const { module, scratchBytes = 0 } = write();
    const { run } = module.instantiate(heap.memory);
    if (run === undefined) throw new TypeError(`the kernel ${key} exports no function run`);
    return { run, scratchBytes };
  });
}
