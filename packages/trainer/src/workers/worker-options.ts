/** How many threads share each batch. */
export interface WorkersOptions {
  /** The calling thread and `count − 1` more. Each of them needs at least 4 samples of a batch. */
  readonly count: number;
  /**
   * The program of the threads; `@earlyexit/trainer/worker` unless given. An application that is bundled into one file names
   * its own copy, and one with layers of its own a module that registers them and then imports `@earlyexit/trainer/worker`.
   */
  readonly program?: URL | string;
}
