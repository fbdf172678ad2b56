import { createHash } from 'node:crypto';
import { DataError, EarlyExitError, EnvironmentError } from '@earlyexit/core';
import { errorCode } from '@earlyexit/core/node';

/** The SHA-256 of some bytes, in hexadecimal. */
export function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Runs a file operation; an error of the system becomes an EnvironmentError that says what was being done. */
export async function withFiles<Result>(where: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    const code = errorCode(error);
    if (error instanceof DataError || code === null) throw error;
    const cause = EarlyExitError.is(error) ? error.cause : error;
    throw new EnvironmentError({
      // The file, where it is known.
      where: EarlyExitError.is(error) ? error.parts.where : where,
      rule: 'the folder must be readable and writable, with room on its disk',
      received: cause instanceof Error ? cause.message : code,
      remedy:
        code === 'ENOSPC'
          ? 'Make room, then go on with resume'
          : 'Check its permissions, or choose another folder',
      cause,
    });
  }
}
