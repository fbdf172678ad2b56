import type { Command } from 'commander';
import type { Output } from './terminal/output';
import type { Surroundings } from './terminal/surroundings';

/** What a command is given when it runs. */
export interface Invocation {
  /** The positional arguments, in order; `undefined` for an optional one that was left out. */
  readonly operands: readonly (string | readonly string[] | undefined)[];
  /** The options as commander read them, in camel case: strings, lists of strings, or true. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly output: Output;
  readonly surroundings: Surroundings;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A command of the program. What it needs to run is loaded when it runs, so that `--help` is quick. */
export interface CommandDefinition {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` says below the options: an example as typed, and what it prints. */
  readonly example: string;
  /** Adds arguments and options. */
  configure(command: Command): void;
  /** @returns the exit code; 0 if nothing is returned */
  execute(invocation: Invocation): Promise<number | undefined>;
}
