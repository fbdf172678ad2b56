import { ArgumentError, EarlyExitError } from '@earlyexit/core';

/**
 * Runs something that checks an argument of the command line, and lets its ArgumentError name the option instead of
 * the function inside.
 */
export async function naming<Result>(
  option: string | ((where: string) => string),
  action: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!EarlyExitError.is(error) || error.kind !== 'argument') throw error;
    const where = typeof option === 'string' ? option : option(error.parts.where);
    throw new ArgumentError({ ...error.parts, where, cause: error });
  }
}
