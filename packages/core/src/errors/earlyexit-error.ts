/** The kind of an error; the command line maps `argument` to exit code 2 and the others to 1. */
export type ErrorKind = 'argument' | 'data' | 'environment';

/** The parts of an error message, in the order in which they are read. */
export interface ErrorParts {
  /** Where it happened: the function and its argument, or the file. */
  readonly where: string;
  /** The function whose argument was wrong, by its exported name: `splitDataset`. */
  readonly function?: string;
  /** The argument that was wrong; for a field of options its name: `limit`. A program maps it to its own term. */
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

/**
 * A part of a message; a function if it names arguments, for which a program may have its own terms: `(called) =>
 * `${called('plan')} and ${called('risk')}``.
 */
export type ErrorText = string | ((called: (argument: string) => string) => string);

/** The input of an error: a place, or the function and the argument that make up the place. */
export type ErrorInput = Pick<ErrorParts, 'cause'> & {
  readonly rule: ErrorText;
  readonly received?: ErrorText | undefined;
  readonly remedy?: ErrorText | undefined;
} & (
    | { readonly where: ErrorText; readonly function?: string; readonly argument?: string }
    | { readonly where?: ErrorText; readonly function: string; readonly argument?: string }
  );

// A registered symbol instead of `instanceof`, so that two installed copies of this package recognise each other's
// errors.
const marker = Symbol.for('earlyexit.error');

/** The base of every error that the toolkit throws on purpose. */
export abstract class EarlyExitError extends Error {
  abstract readonly kind: ErrorKind;
  readonly parts: ErrorParts;
  /** The same parts with arguments named by `called`, a program's own terms for them. */
  readonly partsAs: (called: (argument: string) => string) => ErrorParts;

  constructor(input: ErrorInput) {
    const parts = partsOf(input, (argument) => argument);
    super(sentences(parts), { cause: input.cause });
    this.parts = parts;
    this.partsAs = (called) => partsOf(input, called);
    // Not shown when the error is printed.
    Object.defineProperty(this, 'partsAs', { enumerable: false });
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether `value` is an error of the toolkit, from whichever copy of this package. */
  static is(value: unknown): value is EarlyExitError {
    return value instanceof Error && marker in value;
  }
}

/** What an error made of these parts says, without the error. */
export function errorMessage(input: ErrorInput): string {
  return sentences(partsOf(input, (argument) => argument));
}

function sentences(parts: ErrorParts): string {
  const received = parts.received === undefined ? '' : ` Received: ${parts.received}.`;
  const remedy = parts.remedy === undefined ? '' : ` ${parts.remedy}.`;
  return `${parts.where}: ${parts.rule}.${received}${remedy}`;
}

function partsOf(input: ErrorInput, called: (argument: string) => string): ErrorParts {
  const read = (text: ErrorText): string => (typeof text === 'function' ? text(called) : text);
  const { where, rule, received, remedy, ...others } = input;
  return {
    ...others,
    where: where === undefined ? placeOf(input) : read(where),
    rule: read(rule),
    ...(received === undefined ? {} : { received: read(received) }),
    ...(remedy === undefined ? {} : { remedy: read(remedy) }),
  };
}

function placeOf({ function: name = '', argument }: Pick<ErrorParts, 'function' | 'argument'>): string {
  return argument === undefined ? name : `${name}({ ${argument} })`;
}
