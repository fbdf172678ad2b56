import {
  ArgumentError,
  DataError,
  EarlyExitError,
  EnvironmentError,
  type ErrorKind,
  type ErrorParts,
} from '@earlyexit/core';

/** An error as it crosses from one thread to another, where classes of errors would be lost. */
export type SentError =
  | { readonly kind: ErrorKind; readonly parts: ErrorParts; readonly stack: string | undefined }
  | { readonly kind: null; readonly error: unknown };

const classes = { argument: ArgumentError, data: DataError, environment: EnvironmentError };

/** What to send of an error. */
export function packError(error: unknown): SentError {
  if (!EarlyExitError.is(error)) return { kind: null, error: cloneable(error) };
  const { cause, ...parts } = error.parts;
  const whole = cause === undefined ? parts : { ...parts, cause: cloneable(cause) };
  return { kind: error.kind, parts: whole, stack: error.stack };
}

/** The error that was sent. */
export function unpackError(sent: SentError): unknown {
  if (sent.kind === null) return sent.error;
  const error = new classes[sent.kind](sent.parts);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}

function cloneable(error: unknown): unknown {
  try {
    return structuredClone(error);
  } catch {
    return new Error(error instanceof Error ? error.message : String(error));
  }
}
