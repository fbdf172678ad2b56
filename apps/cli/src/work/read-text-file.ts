import { DataError } from '@earlyexit/core';

/** What the system says of a path, in words. */
export function explainRead(error: unknown, path: string): DataError {
  const { code } = error as NodeJS.ErrnoException;
  const rules: Readonly<Record<string, string>> = {
    ENOENT: 'it is not there',
    EISDIR: 'it is a folder where a file is expected',
    EACCES: 'this user may not read it',
    ENOTDIR: 'the path leads through a file',
  };
  return new DataError({
    where: path,
    rule: rules[code ?? ''] ?? `it cannot be read (${code ?? String(error)})`,
    cause: error,
  });
}
