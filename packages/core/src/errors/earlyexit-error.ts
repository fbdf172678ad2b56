/** What an error is about; the command line turns `argument` into exit code 2 and the others into 1. */
export type ErrorKind = 'argument' | 'data' | 'environment';

/** The parts of an error message, in the order in which they are read. */
export interface ErrorParts {
  /** Where it happened: the function and its argument, or the file. */
  readonly where: string;
  /** The function whose argument was wrong, as it is exported: `splitDataset`. */
  readonly function?: string;
  /** The argument that was wrong, a field of its options by its own name: `limit`. A program maps it to its own word. */
  readonly argument?: string;
  /** The rule that was broken, as a sentence without its full stop. */
  readonly rule: string;
  /** What was received, already short enough to print. */
  readonly received?: string;
  /** The way out, as a sentence without its full stop. */
  readonly remedy?: string;
  /** The error underneath, kept for `--verbose`. */
  readonly cause?: unknown;
}

/** What an error is made of: a place, or the function and the argument that make up the place. */
export type ErrorInput = Omit<ErrorParts, 'where'> &
  (
    | { readonly where: string }
    | { readonly where?: string; readonly function: string; readonly argument?: string }
  );

// A registered symbol, not `instanceof`: two installed copies of this package still know each other's errors.
const marker = Symbol.for('earlyexit.error');

/** The base of every error that the toolkit throws on purpose. */
export abstract class EarlyExitError extends Error {
  abstract readonly kind: ErrorKind;
  readonly parts: ErrorParts;

  constructor(input: ErrorInput) {
    const { rule, cause } = input;
    const received = input.received === undefined ? '' : ` Received: ${input.received}.`;
    const remedy = input.remedy === undefined ? '' : ` ${input.remedy}.`;
    const where = input.where ?? placeOf(input);
    super(`${where}: ${rule}.${received}${remedy}`, { cause });
    this.parts = { ...input, where };
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether `value` is an error of the toolkit, from whichever copy of this package. */
  static is(value: unknown): value is EarlyExitError {
    return value instanceof Error && marker in value;
  }
}

function placeOf({ function: name = '', argument }: Omit<ErrorParts, 'where'>): string {
  return argument === undefined ? name : `${name}({ ${argument} })`;
}
