/** What an error is about; the command line turns `argument` into exit code 2 and the others into 1. */
export type ErrorKind = 'argument' | 'data' | 'environment';

/** The parts of an error message, in the order in which they are read. */
export interface ErrorParts {
  /** Where it happened: the function and the argument, or the file. */
  readonly where: string;
  /** The rule that was broken, as a sentence without its full stop. */
  readonly rule: string;
  /** What was received, already short enough to print. */
  readonly received?: string;
  /** The way out, as a sentence without its full stop. */
  readonly remedy?: string;
  /** The error underneath, kept for `--verbose`. */
  readonly cause?: unknown;
}

// A registered symbol, not `instanceof`: two installed copies of this package still know each other's errors.
const marker = Symbol.for('earlyexit.error');

/** The base of every error that the toolkit throws on purpose. */
export abstract class EarlyExitError extends Error {
  abstract readonly kind: ErrorKind;
  readonly parts: ErrorParts;

  constructor(parts: ErrorParts) {
    const received = parts.received === undefined ? '' : ` Received: ${parts.received}.`;
    const remedy = parts.remedy === undefined ? '' : ` ${parts.remedy}.`;
    super(`${parts.where}: ${parts.rule}.${received}${remedy}`, { cause: parts.cause });
    this.parts = parts;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether `value` is an error of the toolkit, from whichever copy of this package. */
  static is(value: unknown): value is EarlyExitError {
    return value instanceof Error && marker in value;
  }
}
