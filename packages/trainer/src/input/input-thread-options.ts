/** Where the thread that loads the batches comes from. */
export interface InputThreadOptions {
  /** Its program, for applications that are bundled into one file: their own copy of `@earlyexit/trainer/input-thread`. */
  readonly program: URL | string;
}
