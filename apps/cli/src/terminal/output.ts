import { printable } from '@earlyexit/core';
import pc from 'picocolors';
import type { Colors } from './colors';
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
  /** Writes one line of JSON of many, for programs that read a log; nothing without `--json`. */
  jsonLine(entry: unknown): void;
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

/**
 * Makes the output of one command. Whatever control characters a line holds (they come from files and names) are shown
 * and not sent; only the colours of this program get through.
 */
export function createOutput(surroundings: Surroundings, mode: OutputMode): Output {
  const { stdout, stderr, environment } = surroundings;
  const coloredErrors = wantsColor(stderr, environment);
  const coloredText = wantsColor(stdout, environment);
  const errorColors = pc.createColors(coloredErrors);
  const live = stderr.isTTY === true && environment['TERM'] !== 'dumb';
  let line: ProgressLine | null = null;
  const say = (text: string): void => {
    line?.clear();
    stderr.write(`${safeLine(text, coloredErrors)}\n`);
  };
  const progress = (label: string): ProgressLine => {
    line?.done();
    line = createProgressLine(label, { stream: stderr, live, silent: mode.quiet, colors: errorColors });
    return line;
  };
  return {
    mode,
    colors: pc.createColors(coloredText),
    width: stdout.isTTY === true ? (stdout.columns ?? null) : null,
    live,
    text(...lines) {
      if (mode.json) return;
      line?.clear();
      for (const text of lines) stdout.write(`${safeLine(text, coloredText)}\n`);
    },
    json(document) {
      if (!mode.json) return;
      line?.clear();
      stdout.write(`${safeJson(document)}\n`);
    },
    jsonLine(entry) {
      if (mode.json) stdout.write(`${safeJson(entry, 0)}\n`);
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
    progress,
  };
}

// What picocolors writes for bold, dim and the eight colours, and to end them.
// eslint-disable-next-line no-control-regex -- these are what is looked for
const COLOR = /(\u001b\[(?:1|2|22|3[0-7]|39|90)m)/;

function safeLine(text: string, colored: boolean): string {
  if (!colored) return printable(text);
  // Every second part is a colour.
  return text
    .split(COLOR)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}

/** JSON leaves DEL and the C1 controls as they are, and a terminal may obey them. */
function safeJson(document: unknown, indent = 2): string {
  return JSON.stringify(document, null, indent).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
