/** What a worker is told to do. */
export const command = { begin: 1, compute: 2 } as const;

// Places in the control words.
const generation = 0;
const commandPlace = 1;
const pending = 2;
const failed = 3;
const stepPlace = 4;
const rowsPlace = 5;

// How long the main thread waits before it lets the event loop turn, where it would hear of a worker's death.
const patienceMs = 5;

/**
 * How the main thread starts the workers and hears that they are done: a few words of shared memory that threads sleep
 * on. A message through the event loop takes several times as long, and an event loop that computes hears nothing.
 */
export class StepSignal {
  readonly #words: Int32Array;
  #seen = 0;

  /** @param buffer made by `reserveStepSignal`. */
  constructor(readonly buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** Main thread: wakes `workers` sleeping workers. */
  start(what: number, workers: number, step = 0, rows = 0): void {
    Atomics.store(this.#words, commandPlace, what);
    Atomics.store(this.#words, stepPlace, step);
    Atomics.store(this.#words, rowsPlace, rows);
    Atomics.store(this.#words, pending, workers);
    Atomics.add(this.#words, generation, 1);
    Atomics.notify(this.#words, generation);
  }

  /** Main thread: sleeps until all workers are done, or for some milliseconds; says whether they are. */
  finished(): boolean {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const left = Atomics.load(this.#words, pending);
      if (left === 0) return true;
      const remaining = deadline - performance.now();
      if (remaining <= 0) return false;
      Atomics.wait(this.#words, pending, left, remaining);
    }
  }

  /** Main thread: whether a worker has failed. */
  get failed(): boolean {
    return Atomics.load(this.#words, failed) !== 0;
  }

  /** Worker: sleeps until there is something to do. */
  next(): { readonly what: number; readonly step: number; readonly rows: number } {
    Atomics.wait(this.#words, generation, this.#seen);
    this.#seen = Atomics.load(this.#words, generation);
    return {
      what: Atomics.load(this.#words, commandPlace),
      step: Atomics.load(this.#words, stepPlace),
      rows: Atomics.load(this.#words, rowsPlace),
    };
  }

  /** Worker: is done. */
  done(): void {
    Atomics.sub(this.#words, pending, 1);
    Atomics.notify(this.#words, pending);
  }

  /** Worker: will do nothing any more. */
  fail(): void {
    Atomics.store(this.#words, failed, 1);
    this.done();
  }
}

/** The memory of a signal. */
export function reserveStepSignal(): SharedArrayBuffer {
  return new SharedArrayBuffer(64);
}
