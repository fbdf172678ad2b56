/**
 * A system error as a sentence that names the path and the way out, for errors that no reader or writer has explained;
 * null for an error that is not the system's.
 */
export function describeSystemError(error: unknown): string | null {
  const found = findSystemError(error);
  if (found === null) return null;
  const path = found.path ?? 'A file';
  return wordsFor[found.code ?? '']?.(path) ?? `the system refused: ${found.message}`;
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
