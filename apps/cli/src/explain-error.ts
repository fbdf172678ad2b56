import { EarlyExitError, printable } from '@earlyexit/core';
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
  const systemError = findSystemError(error);
  if (systemError !== null)
    return { exitCode: exitCode.failed, message: printable(explainSystemError(systemError)) };
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

function findSystemError(error: unknown): NodeJS.ErrnoException | null {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 8;
    current = current.cause, depth++
  ) {
    const { code, syscall } = current as NodeJS.ErrnoException;
    if (typeof code === 'string' && syscall !== undefined) return current;
  }
  return null;
}

const wordsFor: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `${path} is not there.`,
  EACCES: (path) =>
    `${path} may not be read or written by this user. Change its permissions, or name another place.`,
  EPERM: (path) => `${path} may not be changed by this user. Change its permissions, or name another place.`,
  EROFS: (path) => `${path} lies on a disk that can only be read. Name another place.`,
  ENOSPC: (path) => `The disk is full: ${path} could not be written. Make room, or name another place.`,
  EDQUOT: (path) =>
    `The disk quota is used up: ${path} could not be written. Make room, or name another place.`,
  EISDIR: (path) => `${path} is a folder where a file is expected.`,
  ENOTDIR: (path) => `${path} leads through a file where a folder is expected.`,
  EEXIST: (path) => `${path} is in the way. Remove it, or name another place.`,
  ENOTEMPTY: (path) => `${path} is a folder that is not empty. Name another place.`,
  EMFILE: () => 'Too many files are open at once. Raise the limit (ulimit -n).',
  ENAMETOOLONG: (path) => `The name ${path} is too long for this file system.`,
  ELOOP: (path) => `${path} is a chain of links without an end.`,
};

function explainSystemError(error: NodeJS.ErrnoException): string {
  const path = error.path ?? 'A file';
  return wordsFor[error.code ?? '']?.(path) ?? `the system refused: ${error.message}`;
}
