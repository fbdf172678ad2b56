import { ArgumentError, DataError, EarlyExitError } from '@earlyexit/core';
import type { CommandDeclaration } from './command';
import { flagOf } from './options/declare-option';

/**
 * Lets an error of a library name the option or the operand that the user typed: `splitDataset({ limit })` becomes
 * `--limit`, in its texts too. An argument that no option of the command sets keeps its name as the place. Bad data name
 * an option that lets them pass (`--skip-broken`): it ends the way out.
 */
export function nameArguments(error: unknown, declaration: CommandDeclaration): unknown {
  if (!EarlyExitError.is(error) || error.kind === 'environment') return error;
  const { function: inside, argument } = error.parts;
  if (inside === undefined && argument === undefined) return error;
  const named = argument?.split(', ').map((each) => namedBy(each, inside, declaration)) ?? [];
  if (named.includes(null)) return error;
  const { where, rule, received, remedy } = error.partsAs(
    (name) => namedBy(name, inside, declaration)?.typed ?? flagOf(name),
  );
  const typed = named.map((each) => each!.typed).join(', ');
  const lets = error.kind === 'data' && typed !== '';
  const wayOut = lets ? `${remedy ?? 'See'}: ${typed}` : (remedy ?? named[0]?.remedy);
  const parts = {
    ...{ where: lets || typed === '' ? where : typed, rule, cause: error },
    ...(received !== undefined && { received }),
    ...(wayOut !== undefined && { remedy: wayOut }),
  };
  return error.kind === 'data' ? new DataError(parts) : new ArgumentError(parts);
}

/** What the user types for an argument, a flag or an operand in capitals as in the help, and the way out that is known. */
function namedBy(
  argument: string,
  inside: string | undefined,
  { operands, options }: CommandDeclaration,
): { readonly typed: string; readonly remedy?: string | undefined } | null {
  const called = (name: string): boolean => name === argument || name === `${inside ?? ''}.${argument}`;
  const found =
    Object.entries(options).find(([, { sets }]) => sets.some(called)) ??
    Object.entries(options).find(([key]) => key === argument);
  if (found !== undefined) return { typed: flagOf(...found), remedy: found[1].remedy };
  return argument in operands ? { typed: argument.toUpperCase() } : null;
}
