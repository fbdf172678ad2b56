import { DataError } from '../errors/data-error';
import { EarlyExitError } from '../errors/earlyexit-error';
import { EnvironmentError } from '../errors/environment-error';

/** The system's code of an error, or of the error that caused it, such as `ENOENT`; null if it is not the system's. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E(?!RR_)[A-Z0-9_]+$/.test(code)) return code;
  return errorCode(error.cause);
}

const READING: Readonly<Record<string, string>> = {
  ENOENT: 'nothing of that name',
  ENOTDIR: 'a path that leads through a file',
  EISDIR: 'a folder',
  EACCES: 'a file that you may not read',
  EPERM: 'a file that you may not read',
  ELOOP: 'a link that leads back to itself',
  ENAMETOOLONG: 'a name that is too long',
  ENXIO: 'a socket or a device',
};

/**
 * The system's error for a path that could not be read, as a `DataError` that names it. Errors of the toolkit and those
 * that are not the system's, such as the reason of an abort, come back unchanged.
 */
export function explainRead(error: unknown, path: string, rule = 'this file can be read'): unknown {
  const code = errorCode(error);
  if (EarlyExitError.is(error) || code === null) return error;
  const received = READING[code] ?? `${code}: ${(error as Error).message}`;
  return new DataError({ where: path, rule, received, cause: error });
}

const WRITING: Readonly<Record<string, readonly [rule: string, remedy: string]>> = {
  ENOSPC: ['there is room for this file on the disk', 'Make room, or name another place'],
  EDQUOT: ['this file fits your quota of the disk', 'Make room, or name another place'],
  EACCES: ['this file may be written', 'Name a place that you may write to'],
  EPERM: ['this file may be written', 'Name a place that you may write to'],
  EROFS: ['this file may be written', 'The disk is read-only: name another place'],
  ENOTDIR: ['the path leads through folders', 'A file is in the way: name another place'],
  EEXIST: ['the path leads through folders', 'A file is in the way: name another place'],
  EISDIR: ['a file is written here', 'A folder of that name is in the way: name another place'],
  ENOTEMPTY: ['a file is written here', 'A folder of that name is in the way: name another place'],
};

/**
 * The system's error for a path that could not be written, as an `EnvironmentError` that names it. Errors of the
 * toolkit and those that are not the system's come back unchanged.
 */
export function explainWrite(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (EarlyExitError.is(error) || code === null) return error;
  const [rule, remedy] = WRITING[code] ?? ['this file can be written', 'Name another place'];
  return new EnvironmentError({
    where: path,
    rule,
    received: (error as Error).message,
    remedy,
    cause: error,
  });
}
