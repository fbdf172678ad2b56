import { DataError, EarlyExitError } from '@earlyexit/core';

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const rules: Readonly<Record<string, string>> = {
  ENOENT: 'this path does not exist',
  ENOTDIR: 'a part of this path is a file where a folder is expected',
  EISDIR: 'this is a folder where a file is expected',
  EACCES: 'this may not be read with your permissions',
  EPERM: 'this may not be read with your permissions',
  EMFILE: 'too many files are open',
};

/** Turns an error of the file system into a `DataError` that names the path; other errors pass through. */
export function explainFileError(error: unknown, path: string, remedy?: string): unknown {
  if (EarlyExitError.is(error)) return error;
  const rule = rules[code(error)];
  if (rule === undefined) return error;
  return new DataError({ where: path, rule, ...(remedy === undefined ? {} : { remedy }), cause: error });
}
