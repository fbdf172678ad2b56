import type { Readable } from 'node:stream';

/** The part of a writable stream that the command line needs. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined;
}

/** Everything outside the program: given to `run`, so that tests can put their own in its place. */
export interface Surroundings {
  readonly stdin: Readable;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** When the process started, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Calls `listener` each time the user asks the program to stop (Ctrl-C).
   *
   * @returns a function that takes the listener away again
   */
  onInterrupt(listener: () => void): () => void;
  /** Leaves at once, without tidying up. */
  leave(exitCode: number): void;
}
