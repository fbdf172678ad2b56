import { CommanderError } from 'commander';
import { exitCode } from './exit-code';
import { explainError } from './explain-error';
import { commands } from './commands/index';
import { joinNumberLists, numberListFlags } from './options/number-lists';
import { wantsColor } from './terminal/output';
import { createProgram } from './program';
import type { Surroundings } from './terminal/surroundings';

/**
 * Runs the command line.
 *
 * @param argv what follows the program's name
 * @returns the exit code; it never throws
 */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stderr, environment } = surroundings;
  const result = { exitCode: exitCode.done as number, verbose: false };
  try {
    await createProgram(surroundings, result).parseAsync(joinNumberLists(argv, listFlags(argv)), {
      from: 'user',
    });
    return result.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCode.wrongUse;
    const explanation = explainError(error);
    if (explanation.message !== '') {
      const title = wantsColor(stderr, environment) ? '\u001b[31merror:\u001b[39m' : 'error:';
      stderr.write(`${title} ${explanation.message}\n`);
      if (result.verbose) stderr.write(`\n${stackOf(error)}\n`);
    }
    return explanation.exitCode;
  }
}

/** The flags of the command's options that take several numbers. */
function listFlags(argv: readonly string[]): ReadonlySet<string> {
  const name = argv.find((word) => commands.some(({ declaration }) => declaration.name === word));
  const named = commands.find(({ declaration }) => declaration.name === name);
  return numberListFlags(named?.declaration.options ?? {});
}

/** The stack of an error and of what caused it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
