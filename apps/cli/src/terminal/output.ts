import pc from 'picocolors';
import { type ProgressLine, createProgressLine } from './progress-line';
import type { Surroundings, TextStream } from './surroundings';

/** How much is said, and in which form. */
export interface OutputMode {
  /** One JSON document on standard output instead of text. */
  readonly json: boolean;
  /** No progress and no notes. */
  readonly quiet: boolean;
  /** Details, and stacks of errors. */
  readonly verbose: boolean;
}

/** The functions that colour a text, or leave it as it is where colour is not wanted. */
export type Colors = ReturnType<typeof pc.createColors>;

/**
 * What a command says. The result goes to standard output, as text or as one JSON document; everything else goes to
 * standard error.
 */
export interface Output {
  readonly mode: OutputMode;
  /** Colours for standard output. */
  readonly colors: Colors;
  /** Width of standard output in characters where it is a terminal, else null. */
  readonly width: number | null;
  /** Whether standard error is a terminal, on which a line can be drawn again. */
  readonly live: boolean;
  /** Writes lines of the result for people; nothing with `--json`. */
  text(...lines: readonly string[]): void;
  /** Writes the result for programs; nothing without `--json`. To be called once. */
  json(document: unknown): void;
  /** Says what is happening; nothing with `--quiet`. */
  note(line: string): void;
  /** Says what the user should know although the job goes on. */
  warn(line: string): void;
  /** Says what only `--verbose` asks for. */
  detail(line: string): void;
  /** Starts a line that shows how far a job has come. */
  progress(label: string): ProgressLine;
}

/** Whether colour may be used on a stream: a terminal, and nobody said otherwise (https://no-color.org). */
export function wantsColor(stream: TextStream, environment: Surroundings['environment']): boolean {
  const { NO_COLOR: noColor, TERM: terminal } = environment;
  return stream.isTTY === true && (noColor === undefined || noColor === '') && terminal !== 'dumb';
}

/** Makes the output of one command. */
export function createOutput(surroundings: Surroundings, mode: OutputMode): Output {
  const { stdout, stderr, environment } = surroundings;
  const errorColors = pc.createColors(wantsColor(stderr, environment));
  const live = stderr.isTTY === true && environment['TERM'] !== 'dumb';
  let line: ProgressLine | null = null;
  const say = (text: string): void => {
    line?.clear();
    stderr.write(`${text}\n`);
  };
  return {
    mode,
    colors: pc.createColors(wantsColor(stdout, environment)),
    width: stdout.isTTY === true ? (stdout.columns ?? null) : null,
    live,
    text(...lines) {
      if (mode.json) return;
      line?.clear();
      for (const text of lines) stdout.write(`${text}\n`);
    },
    json(document) {
      if (!mode.json) return;
      line?.clear();
      stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    },
    note(text) {
      if (!mode.quiet) say(text);
    },
    warn(text) {
      say(`${errorColors.yellow('warning:')} ${text}`);
    },
    detail(text) {
      if (mode.verbose) say(errorColors.dim(text));
    },
    progress(label) {
      line?.done();
      line = createProgressLine(label, { stream: stderr, live, silent: mode.quiet, colors: errorColors });
      return line;
    },
  };
}
