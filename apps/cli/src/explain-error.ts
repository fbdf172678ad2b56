import { EarlyExitError, printable } from '@earlyexit/core';
import { describeSystemError } from '@earlyexit/core/node';
import { CommanderError } from 'commander';
import { exitCode } from './exit-code';

/** What an error means to the user. */
export interface Explanation {
  readonly exitCode: number;
  /** For standard error; empty if it has been said already. */
  readonly message: string;
}

/** Turns whatever was thrown into words and an exit code. */
export function explainError(error: unknown): Explanation {
  if (error instanceof CommanderError) {
    // Commander has written its own message by now; help and version are no errors.
    return { exitCode: error.exitCode === 0 ? exitCode.done : exitCode.wrongUse, message: '' };
  }
  if (isAbort(error)) return { exitCode: exitCode.interrupted, message: '' };
  if (EarlyExitError.is(error)) {
    return {
      exitCode: error.kind === 'argument' ? exitCode.wrongUse : exitCode.failed,
      message: printable(error.message),
    };
  }
  const said = describeSystemError(error);
  if (said !== null) return { exitCode: exitCode.failed, message: printable(said) };
  const text = error instanceof Error ? error.message : String(error);
  return {
    exitCode: exitCode.failed,
    message: `something went wrong that should not: ${printable(text)}\nThis is a fault in earlyexit. --verbose shows where it happened.`,
  };
}

/** Whether an error is the answer to an abort signal. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
